import { expect, test } from 'vitest'
import { SparkFlumeEvent } from '../../../src-main/streaming/flume/flume-event.ts'
import { checkKeepable, decodeRecords, encodeRecords } from '../../../src-main/streaming/receiver/record-encoding.ts'

const roundTrip = (records: readonly unknown[]): unknown[] => decodeRecords(encodeRecords(records))

test('text, Flume’s events, plain values and a mixture come back as they were', () => {
  const flume = [
    new SparkFlumeEvent({ headers: { a: '1', none: null }, body: Buffer.from('x') }),
    new SparkFlumeEvent({ headers: {}, body: Buffer.from([0, 255, 10]) }),
  ]
  const values = [1, null, undefined, -0, 10n, { a: [1, 'é'] }, new Map([['k', new Set([1])]]), new Date(5), new Uint8Array([1, 2])]
  for (const records of [[], ['a', '', 'zwei\nlines', '漢字 😀'], ['half a pair: \ud800'], values, ['a', 1]])
    expect(roundTrip(records)).toEqual(records)
  const back = roundTrip(flume) as SparkFlumeEvent[]
  expect(back.map(({ event }) => ({ headers: event.headers, body: [...event.body] }))).toEqual([
    { headers: { a: '1', none: null }, body: [120] },
    { headers: {}, body: [0, 255, 10] },
  ])
  expect(back[0]).toBeInstanceOf(SparkFlumeEvent)
})

test('what would come back without its methods is refused, and named', () => {
  class Person {
    readonly name = 'Ada'
  }
  for (const record of [new Person(), () => 1, Symbol('s')])
    expect(() => checkKeepable(record)).toThrow('which its write-ahead log cannot keep')
  expect(() => encodeRecords([1, new Person()])).toThrow('A receiver stored a Person')
})
