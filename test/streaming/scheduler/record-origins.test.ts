import { afterEach, expect, test } from 'vitest'
import { StreamingTestDriver } from '../../../src-main/streaming/testing.ts'
import { batchOf } from '../../../src-shared/event/build-batch.ts'
import type { NumberedBatch } from '../../../src-shared/event/event-batch.ts'
import type { InputRange, OperatorRecord } from '../../../src-shared/streaming/batch-record.ts'

/** Lines of one file in rows of two events, the first of which has ordinal 100. */
class FileLines {
  readonly name = 'c1'
  readonly #lines: readonly string[]
  #chosen = false

  constructor(...lines: string[]) {
    this.#lines = lines
  }

  choose(): InputRange {
    const count = this.#chosen ? 0 : this.#lines.length
    this.#chosen = true
    return { input: this.name, from: 100, until: 100 + count, records: count, bytes: 0 }
  }

  *read(range: InputRange): Generator<NumberedBatch> {
    const count = range.until - range.from
    for (let at = 0; at < count; at += 2) {
      const lines = this.#lines.slice(at, at + 2)
      const batch = batchOf(lines.map((line) => ({ headers: {}, body: Buffer.from(line) })))
      const source = { component: 'r1', path: '/logs/a.log', fileId: '1:2' }
      const offsets = Float64Array.from(lines, (_, index) => this.offsetOf(at + index))
      yield { from: range.from + at, batch: { ...batch, origin: { kind: 'explicit', sources: [source], offsets } } }
    }
  }

  offsetOf(line: number): number {
    return this.#lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, 0)
  }

  backlog(): { readonly records: number; readonly bytes: number } {
    return { records: 0, bytes: 0 }
  }
}

let driver: StreamingTestDriver
afterEach(() => driver.stop())

function reading(input: FileLines): StreamingTestDriver {
  driver = new StreamingTestDriver({ recording: true, host: { openDirectInput: () => input } })
  return driver
}

/** `text @ordinal` of each sample. */
function origins(operator: OperatorRecord | undefined): string[] {
  return operator!.firstOut.map(({ text, origin }) => `${text} @${origin?.ordinal ?? '?'}`)
}

const operator = (name: string): OperatorRecord | undefined => driver.records[0]!.operators.find((each) => each.name === name)

test('a sample says which event of which channel it was, and where in a file that event was read', async () => {
  const input = new FileLines('one', 'two', 'three')
  reading(input).context.channelStream('c1').text().print()
  driver.start()
  await driver.advance()
  expect(operator('text')!.firstOut.map((sample) => sample.origin)).toEqual(
    [0, 1, 2].map((line) => ({ channel: 'c1', ordinal: 100 + line, path: '/logs/a.log', fileId: '1:2', offset: input.offsetOf(line) })),
  )
})

test('operators that take one record at a time hand its origin on, also far behind the first samples', async () => {
  const lines = Array.from({ length: 60 }, (_, index) => `${index} ${index % 30 === 29 ? 'ERROR' : 'ok'}`)
  reading(new FileLines(...lines))
    .context.channelStream('c1')
    .text()
    .filter((line) => line.includes('ERROR'))
    .flatMap((line) => line.split(' '))
    .print()
  driver.start()
  await driver.advance()
  expect(origins(operator('filter'))).toEqual(['29 ERROR @129', '59 ERROR @159'])
  expect(origins(operator('flatMap'))).toEqual(['29 @129', 'ERROR @129', '59 @159', 'ERROR @159'])
})

test('what was made of several records has no origin, and neither has what is made of it', async () => {
  reading(new FileLines('a', 'b', 'a'))
    .context.channelStream('c1')
    .text()
    .map((word): [string, number] => [word, 1])
    .reduceByKey((one, other) => one + other)
    .map(([word, count]) => `${word}${count}`)
    .print()
  driver.start()
  await driver.advance()
  expect(driver.records[0]!.operators.filter(({ name }) => name === 'map').map(origins)).toEqual([
    ['(a,1) @100', '(b,1) @101', '(a,1) @102'],
    expect.arrayContaining(['a2 @?', 'b1 @?']),
  ])
})

test('a sample says of which sample it was made, behind a shuffle too; a pair says its key', async () => {
  reading(new FileLines('a', 'b', 'a'))
    .context.channelStream('c1')
    .text()
    .map((word): [string, number] => [word, 1])
    .reduceByKey((one, other) => one + other)
    .filter(([word]) => word === 'a')
    .map(([word, count]) => `${word}${count}`)
    .print()
  driver.start()
  await driver.advance()
  const [pairs, counted, named] = ['map', 'reduceByKey', 'map'].map(
    (name, index) => driver.records[0]!.operators.filter((each) => each.name === name)[index === 2 ? 1 : 0]!,
  )
  expect(pairs!.firstOut.map(({ key, from }) => [key, from?.sample])).toEqual([
    ['a', 0],
    ['b', 1],
    ['a', 2],
  ])
  expect(counted!.combinesByKey).toBe(true)
  expect(counted!.firstOut.map(({ key, from }) => [key, from])).toEqual(
    expect.arrayContaining([
      ['a', undefined],
      ['b', undefined],
    ]),
  )
  const filtered = operator('filter')!
  expect(named!.firstOut).toEqual([{ text: 'a2', cut: false, from: { operator: filtered.id, sample: 0 } }])
  expect(filtered.firstOut[0]!.from).toEqual({ operator: counted!.id, sample: counted!.firstOut.findIndex(({ key }) => key === 'a') })
})

test('the record that a function threw on says where it came from', async () => {
  reading(new FileLines('fine', 'broken'))
    .context.channelStream('c1')
    .text()
    .map((line) => {
      if (line === 'broken') throw new Error('no')
      return line
    })
    .print()
  driver.start()
  await driver.advance().catch(() => {})
  expect(driver.records[0]!.errors[0]!.record).toMatchObject({ text: 'broken', origin: { ordinal: 101, offset: 5 } })
})

test('rows of structured operators keep their origin through parse, where, select, split and objects; rejected rows and alerts have theirs', async () => {
  reading(new FileLines('{"n":1,"t":"a b"}', 'no JSON', '{"n":3,"t":"c"}', '{"n":4,"t":"d e"}'))
    .context.channelStream('c1')
    .structured()
    .parse('json', { fields: { n: 'number', t: 'text' } })
    .where((row) => row.n.gt(1))
    .alert({ name: 'large', when: (row) => row.n.gt(3), message: '{n}' })
    .select((row) => ({ piece: row.t }))
    .split('piece', ' ')
    .rows()
    .map((row) => row.piece ?? '')
    .print()
  driver.start()
  await driver.advance()
  expect(origins(operator('where')).map((text) => text.slice(-5))).toEqual([' @102', ' @103'])
  expect(origins(operator('map'))).toEqual(['c @102', 'd @103', 'e @103'])
  expect(driver.records[0]!.rejected![0]!.samples[0]).toMatchObject({ text: 'no JSON', origin: { ordinal: 101 } })
  expect(driver.records[0]!.alerts![0]!.alerts[0]!.row.origin).toMatchObject({ ordinal: 103 })
})
