// Ports of processes that are started to be spoken to.
import { connect } from 'node:net'
import { until } from '../driver/until.ts'
import type { Run } from './real-flume.ts'

/** Resolves when something listens on the port; rejects when the process has ended before. */
export async function listening(run: Run, port: number): Promise<void> {
  const ended = run.ended.then((code) => {
    throw new Error(`It ended with ${code} before it listened: ${run.output().slice(-4000)}`)
  })
  await Promise.race([until(`something listens on ${port}: ${run.output().slice(-2000)}`, () => canConnect(port), 120_000), ended])
}

/** A look by binding would be in the way of a process that binds at that moment. */
function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('error', () => resolve(false))
    socket.once('connect', () => {
      // Where nobody listens, a connection to a port that the system itself gives out can meet itself.
      resolve(socket.localPort !== port)
      socket.destroy()
    })
  })
}
