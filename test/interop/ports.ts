// Ports of processes that are started to be spoken to.
import { createServer } from 'node:net'
import { until } from '../driver/until.ts'
import type { Run } from './real-flume.ts'

/** Resolves when something listens on the port; rejects when the process has ended before. */
export async function listening(run: Run, port: number): Promise<void> {
  const ended = run.ended.then((code) => {
    throw new Error(`It ended with ${code} before it listened: ${run.output().slice(-4000)}`)
  })
  await Promise.race([until(`something listens on ${port}: ${run.output().slice(-2000)}`, () => canConnect(port), 120_000), ended])
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    // Binding fails while another program listens there; connecting could meet itself on an ephemeral port.
    const probe = createServer()
    probe.once('error', () => resolve(true))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(false)))
  })
}
