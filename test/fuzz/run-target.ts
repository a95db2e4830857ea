// Runs inputs on one target and says what went wrong: an unexpected error, a hang, memory that is not given back, the end of its thread.
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { currentBytes, type FuzzMessage, type FuzzOrder, readCurrent } from './fuzz-thread.ts'

export interface Finding {
  readonly index: number
  readonly what: string
  readonly input: Uint8Array
}

const hangMs = 20_000
const growthBytes = 96 * 2 ** 20
const heapMb = 512

/** Inputs `first` to `first + inputs`. Ends with the first finding that ends the thread; others are collected. */
export function runTarget(target: string, seed: number, first: number, inputs: number): Promise<readonly Finding[]> {
  const current = new SharedArrayBuffer(currentBytes)
  const order: FuzzOrder = { target, seed, first, inputs, current }
  const worker = new Worker(join(import.meta.dirname, 'fuzz-thread.ts'), {
    workerData: order,
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
  })
  const findings: Finding[] = []
  let least: number | undefined
  return new Promise((resolve) => {
    let seen = -1
    let since = performance.now()
    const watch = setInterval(() => {
      const { index, input } = readCurrent(current)
      if (index !== seen) {
        seen = index
        since = performance.now()
      } else if (performance.now() - since > hangMs) end({ index, input, what: `it hangs: no end within ${hangMs / 1000} s` })
    }, 500)
    const end = (last?: Finding): void => {
      clearInterval(watch)
      if (last !== undefined) findings.push(last)
      void worker.terminate().then(() => resolve(findings))
    }
    worker.on('message', (message: FuzzMessage) => {
      if (message.kind === 'done') end()
      else if (message.kind === 'failed') {
        findings.push({ index: message.index, what: message.error, input: message.input })
        if (findings.length >= 5) end()
      } else if (least === undefined) least = message.bytes
      else if (message.bytes - least > growthBytes)
        end({
          ...readCurrent(current),
          what: `memory grew by ${Math.round((message.bytes - least) / 2 ** 20)} MiB in ${message.index - first} inputs`,
        })
    })
    worker.on('error', (error: Error) => end({ ...readCurrent(current), what: `its thread ended: ${error.stack ?? error.message}` }))
  })
}
