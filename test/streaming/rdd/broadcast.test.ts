import { expect, test } from 'vitest'
import { Broadcast, SparkContext } from '../../../src-main/streaming/api.ts'

test('a broadcast value is read in functions, and is numbered from 0 in its context', async () => {
  const context = new SparkContext()
  const first = context.broadcast(new Set(['a', 'c']))
  const second = context.broadcast('!')
  expect([first.id, second.id, String(first), `${second}`]).toEqual([0, 1, 'Broadcast(0)', 'Broadcast(1)'])
  expect(first).toBeInstanceOf(Broadcast)
  const rdd = context
    .parallelize(['a', 'b', 'c'], 2)
    .filter((letter) => !first.value.has(letter))
    .map((letter) => letter + second.value)
  expect(await rdd.collect()).toEqual(['b!'])
})

test('a broadcast value can be read after unpersist, and not after destroy, whose place the error names', () => {
  const broadcast = new SparkContext().broadcast([1, 2])
  broadcast.unpersist()
  expect(broadcast.value).toEqual([1, 2])
  broadcast.destroy()
  for (const use of [() => broadcast.value, () => broadcast.unpersist(), () => broadcast.destroy()]) {
    expect(use).toThrow(
      expect.objectContaining({
        name: 'SparkException',
        message: expect.stringMatching(/^Attempted to use Broadcast\(0\) after it was destroyed \(destroy at broadcast\.test\.ts:\d+\) $/),
      }),
    )
  }
})

test('an RDD is not broadcast', () => {
  const context = new SparkContext()
  expect(() => context.broadcast(context.parallelize([1]))).toThrow(
    'requirement failed: Can not directly broadcast RDDs; instead, call collect() and broadcast the result.',
  )
})
