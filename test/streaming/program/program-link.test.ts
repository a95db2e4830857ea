// The pipe between engine and program, both ends in this process.
import { expect, test } from 'vitest'
import { type Handlers, type Pipe, ProgramLink } from '../../../src-main/streaming/program/program-link.ts'

/** Two ends of one pipe; a message arrives in a later turn. */
function pipes(): [Pipe, Pipe] {
  const listeners: ((message: unknown) => void)[][] = [[], []]
  const end = (mine: number): Pipe => ({
    send: async (message) => {
      setImmediate(() => listeners[1 - mine]!.forEach((listener) => void listener(structuredClone(message))))
    },
    onMessage: (listener) => void listeners[mine]!.push(listener),
  })
  return [end(0), end(1)]
}

test('closing waits for the handlers that are at work, and takes no call after it', async () => {
  const [near, far] = pipes()
  const atWork = Promise.withResolvers<void>()
  const mayEnd = Promise.withResolvers<void>()
  const done: string[] = []
  const handlers: Handlers = {
    write: async (value: string) => {
      atWork.resolve()
      await mayEnd.promise
      done.push(value)
    },
  }
  const engine = new ProgramLink(near, handlers)
  const program = new ProgramLink<{ write(value: string): Promise<void> }>(far, {})
  const first = program.call('write', 'first')
  await atWork.promise
  const closed = engine.close('The program has ended.').then(() => done.push('closed'))
  void program.call('write', 'second').catch(() => {})
  await new Promise((resolve) => setImmediate(resolve))
  expect(done).toEqual([])
  mayEnd.resolve()
  await closed
  await first
  expect(done).toEqual(['first', 'closed'])
})

test('closing fails the calls that wait for an answer, and later ones, with its reason', async () => {
  const [near, far] = pipes()
  const engine = new ProgramLink<{ ping(value: undefined): void }>(near, {})
  new ProgramLink(far, { ping: () => new Promise(() => {}) })
  const waiting = engine.call('ping', undefined)
  await engine.close('The program has ended.')
  await expect(waiting).rejects.toThrow('The program has ended.')
  await expect(engine.call('ping', undefined)).rejects.toThrow('The program has ended.')
})
