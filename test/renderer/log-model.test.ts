import { expect, test } from 'vitest'
import { LogModel } from '../../src-renderer/tail/log-model.ts'
import type { EngineConnection, RowsRequest, SubscriptionHandlers } from '../../src-shared/contract/client.ts'
import type { LogLength } from '../../src-shared/contract/logs.ts'
import type { LogRow } from '../../src-shared/contract/rows-frame.ts'

/** A connection that answers rows of a growing log when it is told to. */
function logOf(lines: number) {
  let handlers: SubscriptionHandlers<LogLength> | undefined
  let count = lines
  let generation = 1
  const asked: RowsRequest[] = []
  const waiting: (() => void)[] = []
  const connection = {
    subscribe: (_: unknown, given: SubscriptionHandlers<LogLength>) => {
      handlers = given
      return { close: () => undefined }
    },
    rows: (request: RowsRequest) => {
      asked.push(request)
      return new Promise<LogRow[]>((resolve) => {
        waiting.push(() => {
          const until = Math.min(count, request.from + request.count)
          const rows: LogRow[] = []
          for (let line = request.from; line < until; line++)
            rows.push({ line, offset: line * 4, length: 3, bytes: new TextEncoder().encode(String(line)) })
          resolve(request.generation === generation ? rows : [])
        })
      })
    },
  } as unknown as EngineConnection
  const tell = (): void =>
    handlers?.value({
      generation,
      state: 'following',
      sentence: '',
      lines: count,
      lastLineOpen: false,
      bytes: count * 4,
      indexedBytes: count * 4,
      longestLine: 3,
      binary: false,
      markers: [],
      linesPerSecond: 0,
    })
  return {
    connection,
    asked,
    grow: (by: number) => {
      count += by
      tell()
    },
    renew: (now: number) => {
      generation++
      count = now
      tell()
    },
    tell,
    answer: async () => {
      while (waiting.length > 0) {
        waiting.shift()!()
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
  }
}

/** A view of so many rows on a log of so many lines, which has been told the length and waits for its rows. */
function viewOf(lines: number, rows: number): { readonly log: ReturnType<typeof logOf>; readonly model: LogModel } {
  const log = logOf(lines)
  const model = new LogModel('a', log.connection)
  model.watch()
  model.resize(rows, false)
  log.tell()
  return { log, model }
}

function shown(model: LogModel): number[] {
  const first = Math.floor(model.place.top)
  return Array.from({ length: Math.min(model.visible, model.lines - first) }, (_, index) => model.row(first + index)?.line ?? -1)
}

test('while following, the place moves only when the rows for it are there', async () => {
  const { log, model } = viewOf(1000, 10)
  await log.answer()
  expect(shown(model)).toEqual([990, 991, 992, 993, 994, 995, 996, 997, 998, 999])
  log.grow(5000)
  expect(shown(model)[0]).toBe(990)
  await log.answer()
  expect(shown(model)).toEqual([5990, 5991, 5992, 5993, 5994, 5995, 5996, 5997, 5998, 5999])
})

test('one request is under way at a time, however often the length changes', async () => {
  const { log, model } = viewOf(10_000, 40)
  for (let step = 0; step < 100; step++) log.grow(1000)
  expect(log.asked.length).toBe(1)
  await log.answer()
  expect(log.asked.length).toBeLessThanOrEqual(3)
  expect(shown(model).at(-1)).toBe(109_999)
})

test('scrolling up stops following and counts what is new; the end takes it up again', async () => {
  const { log, model } = viewOf(1000, 10)
  await log.answer()
  model.scrollBy(-5)
  await log.answer()
  expect(model.place).toEqual({ top: 985, following: false })
  log.grow(20)
  await log.answer()
  expect([model.place.top, model.newLines]).toEqual([985, 20])
  model.setFollowing(true)
  await log.answer()
  expect([model.newLines, shown(model).at(-1)]).toEqual([0, 1019])
})

test('a log that begins anew shows the new lines and forgets the old ones', async () => {
  const { log, model } = viewOf(1000, 10)
  await log.answer()
  model.toggleMark(5)
  log.renew(3)
  await log.answer()
  expect([shown(model), model.marks.size]).toEqual([[0, 1, 2], 0])
})

test('a window holds a bounded number of rows of any log', async () => {
  const { log, model } = viewOf(1_000_000, 40)
  await log.answer()
  for (let line = 0; line < 1_000_000; line += 10_000) {
    model.scrollTo(line)
    await log.answer()
  }
  let held = 0
  for (let line = 0; line < 1_000_000; line++) if (model.row(line) !== undefined) held++
  expect(held).toBeLessThanOrEqual(48 * 128)
})
