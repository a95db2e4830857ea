import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { LiveValues } from '../../src-renderer/rpc/live-values.ts'
import type { SubscriptionHandlers } from '../../src-shared/contract/client.ts'
import { MillraceError } from '../../src-shared/errors.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A connection whose subscriptions are ended and fed by hand. */
function byHand() {
  const open: SubscriptionHandlers<string>[] = []
  const values = new LiveValues({
    subscribe: (_call, handlers) => {
      const mine = handlers as SubscriptionHandlers<unknown> as SubscriptionHandlers<string>
      open.push(mine)
      return { close: () => void open.splice(open.indexOf(mine), 1) }
    },
  })
  const notCalled = (): Promise<never> => Promise.reject(new Error('not called'))
  const join = () => values.join<string>('channels', notCalled, () => {})
  const fail = (error: MillraceError): void => open.pop()!.error!(error)
  return { open, values, join, fail }
}

test('those who ask for the same share one subscription; the last value outlives them for a minute', () => {
  const { open, values, join } = byHand()
  const leave = [join(), join()]
  expect(open).toHaveLength(1)
  open[0]!.value('50 events')
  for (const each of leave) each()
  expect(open).toHaveLength(0)
  vi.advanceTimersByTime(59_000)
  expect(values.get('channels').value).toBe('50 events')
  const back = join()
  expect(open).toHaveLength(1)
  back()
  vi.advanceTimersByTime(61_000)
  expect(values.get('channels').value).toBeUndefined()
})

test('a subscription that failed keeps its value, says why, and is begun again', () => {
  const { open, values, join, fail } = byHand()
  join()
  open[0]!.value('50 events')
  fail(new MillraceError('INTERNAL', 'A look failed.'))
  expect(values.get('channels')).toMatchObject({ value: '50 events', error: { message: 'A look failed.' } })
  expect(values.trouble.get()).toBe('A look failed.')
  expect(open).toHaveLength(0)
  vi.advanceTimersByTime(2000)
  expect(open).toHaveLength(1)
  open[0]!.value('51 events')
  expect(values.get('channels')).toEqual({ value: '51 events', error: undefined })
  expect(values.trouble.get()).toBeUndefined()
})

test('what is not there any more is not asked for again, and is no trouble of the window', () => {
  const { open, values, join, fail } = byHand()
  join()
  fail(new MillraceError('NOT_FOUND', 'There is no pipeline kept.'))
  vi.advanceTimersByTime(10_000)
  expect(open).toHaveLength(0)
  expect(values.get('channels').error?.code).toBe('NOT_FOUND')
  expect(values.trouble.get()).toBeUndefined()
})

test('nobody who listens, nothing to begin again', () => {
  const { open, values, join, fail } = byHand()
  const leave = join()
  fail(new MillraceError('INTERNAL', 'A look failed.'))
  leave()
  expect(values.trouble.get()).toBeUndefined()
  vi.advanceTimersByTime(10_000)
  expect(open).toHaveLength(0)
})
