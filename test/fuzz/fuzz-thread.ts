// Runs one target in a thread of its own, whose memory is limited and whose progress the parent watches: it can hang or run out of memory.
// Input n follows from seed, target and n; it lies in shared memory while it runs, so that the parent has the one that ended the thread.
import { createHash } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { parentPort, workerData } from 'node:worker_threads'
import { randomFrom } from '../driver/random.ts'
import type { FuzzTarget } from './fuzz-target.ts'
import { mostBytes, mutated } from './mutate.ts'

export interface FuzzOrder {
  readonly target: string
  readonly seed: number
  readonly first: number
  readonly inputs: number
  readonly current: SharedArrayBuffer
}

/** What lies in shared memory: number and length of the input that runs (int32 each), and its bytes. */
export const currentBytes = 8 + mostBytes

export function readCurrent(current: SharedArrayBuffer): { index: number; input: Buffer } {
  const [index, length] = new Int32Array(current, 0, 2)
  return { index: index!, input: Buffer.from(Buffer.from(current, 8, length)) }
}

export type FuzzMessage =
  | { readonly kind: 'failed'; readonly index: number; readonly error: string; readonly input: Uint8Array }
  | { readonly kind: 'memory'; readonly index: number; readonly bytes: number }
  | { readonly kind: 'done' }

function inputOf(target: FuzzTarget, name: string, seed: number, index: number): Buffer {
  const mixed = createHash('sha256').update(`${name} ${seed} ${index}`).digest().readUInt32BE(0)
  return mutated(target, randomFrom(mixed))
}

const memoryEvery = 500

async function work({ current, first, inputs, seed, target: name }: FuzzOrder, say: (message: FuzzMessage) => void): Promise<void> {
  const target = (await import(`./target/${name}.ts`)).target as FuzzTarget
  const numbers = new Int32Array(current, 0, 2)
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  for (let index = first; index < first + inputs; index++) {
    const input = inputOf(target, name, seed, index)
    Buffer.from(current, 8).set(input)
    Atomics.store(numbers, 1, input.length)
    Atomics.store(numbers, 0, index)
    try {
      await target.run(Buffer.from(input))
    } catch (error) {
      say({ kind: 'failed', index, input, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
    if ((index - first) % memoryEvery === memoryEvery - 1) {
      collect()
      await new Promise((resolve) => setImmediate(resolve))
      collect()
      const { arrayBuffers, external, heapUsed } = process.memoryUsage()
      say({ kind: 'memory', index, bytes: heapUsed + external + arrayBuffers })
    }
  }
  say({ kind: 'done' })
}

if (parentPort !== null) {
  const port = parentPort
  await work(workerData as FuzzOrder, (message) => port.postMessage(message))
}
