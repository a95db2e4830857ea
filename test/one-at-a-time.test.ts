import { expect, test } from 'vitest'
import { oneAtATime } from '../src-shared/one-at-a-time.ts'

test('work begins in the order in which it was given, when what was before has ended, also when that failed', async () => {
  const run = oneAtATime()
  const seen: string[] = []
  const first = Promise.withResolvers<void>()
  const failing = run(async () => {
    seen.push('first begins')
    await first.promise
    throw new Error('first failed')
  })
  const answer = run(async () => {
    seen.push('second begins')
    return 2
  })
  await Promise.resolve()
  await Promise.resolve()
  expect(seen).toEqual(['first begins'])
  first.resolve()
  await expect(failing).rejects.toThrow('first failed')
  expect(await answer).toBe(2)
  expect(seen).toEqual(['first begins', 'second begins'])
})
