// The queue against a plain list of bodies: sources write over what they have put, takers look at what they hold until they let it go.

import { expect, test } from 'vitest'
import { MemoryQueue, type QueuedBatch, slotsOfAll } from '../../../src-main/agent/channel/memory-queue.ts'
import { bodyAt, type EventBatch } from '../../../src-shared/event/event-batch.ts'
import { fc } from '../../driver/property.ts'

const everything = { events: 1e9, bytes: 1e12 }
let number = 0

/** Events of `size` bytes, each filled with a byte of its own, in a buffer that is the source's. */
function events(count: number, size: number, gap: number): { batch: EventBatch; texts: string[]; overwrite: () => void } {
  const step = size + gap
  const bodies = Buffer.alloc(count * step, 0xff)
  const texts = Array.from({ length: count }, (_, index) => {
    bodies.fill(number++ & 0xff, index * step, index * step + size)
    return bodies.toString('latin1', index * step, index * step + size)
  })
  const ends = Uint32Array.from({ length: count }, (_, index) => index * step + size)
  return { batch: { count, bodies, ends, gap, terminated: false, shared: {}, columns: [] }, texts, overwrite: () => bodies.fill(0) }
}

const textsOf = (parts: readonly QueuedBatch[]): string[] =>
  parts.flatMap(({ batch }) => Array.from({ length: batch.count }, (_, row) => Buffer.from(bodyAt(batch, row)).toString('latin1')))

const step = fc.oneof(
  fc.record({
    do: fc.constant('put' as const),
    count: fc.integer({ min: 1, max: 50 }),
    size: fc.oneof(fc.integer({ min: 0, max: 200 }), fc.constantFrom(5_000, 70_000)),
    gap: fc.nat(3),
  }),
  fc.record({ do: fc.constant('take' as const), events: fc.integer({ min: 1, max: 120 }), bytes: fc.integer({ min: 1, max: 1_000_000 }) }),
  fc.record({ do: fc.constant('commit' as const), which: fc.nat(5) }),
  fc.record({ do: fc.constant('roll back' as const) }),
)

test('what is taken is what was put, in order, whoever writes over what he had put, and stays until it is released', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const queue = new MemoryQueue(100)
      let waiting: string[] = []
      const open: { parts: QueuedBatch[]; texts: string[] }[] = []
      for (const one of steps) {
        if (one.do === 'put') {
          const { batch, texts, overwrite } = events(one.count, one.size, one.gap)
          queue.append([queue.accounted(batch)])
          overwrite()
          waiting.push(...texts)
        } else if (one.do === 'take') {
          const parts = queue.remove(one)
          const texts = textsOf(parts)
          expect(texts).toEqual(waiting.slice(0, texts.length))
          expect(texts.length).toBeGreaterThanOrEqual(Math.min(1, waiting.length))
          const slots = texts.reduce((sum, text) => sum + Math.max(1, Math.ceil(text.length / 100)), 0)
          expect(slotsOfAll(parts)).toBe(slots)
          waiting = waiting.slice(texts.length)
          open.push({ parts, texts })
        } else if (one.do === 'commit' && open.length > 0) {
          const [taken] = open.splice(one.which % open.length, 1)
          expect(textsOf(taken!.parts)).toEqual(taken!.texts)
          queue.release(taken!.parts)
        } else if (one.do === 'roll back' && open.length > 0) {
          const { parts, texts } = open.pop()!
          queue.giveBack(parts)
          waiting.unshift(...texts)
        }
        expect(queue.size).toBe(waiting.length)
      }
      for (const { parts, texts } of open) expect(textsOf(parts)).toEqual(texts)
      expect(textsOf(queue.remove(everything))).toEqual(waiting)
    }),
    { numRuns: 300 },
  )
})

test('the memory of consumed events is used again: a queue that is emptied as it is filled stays in the same few blocks', () => {
  const queue = new MemoryQueue(100)
  const { batch } = events(100, 1000, 1)
  const used = new Set<ArrayBufferLike>()
  for (let round = 0; round < 2000; round++) {
    queue.append([queue.accounted(batch)])
    if (round < 50) continue
    const parts = queue.remove({ events: 100, bytes: 1e9 })
    for (const part of parts) used.add(part.batch.bodies.buffer)
    queue.release(parts)
  }
  expect(used.size).toBeLessThan(10)
})
