import { expect, test } from 'vitest'
import type { BatchRecord, OperatorRecord, OutputRecord, RecordOrigin, Sample } from '../../../src-shared/streaming/batch-record.ts'
import { packRecord, unpackRecord } from '../../../src-shared/streaming/packed-record.ts'
import { type Place, SampleColumns, samplesOf } from '../../../src-shared/streaming/sample-columns.ts'
import { detailsOf } from '../../driver/packed-details-of.ts'
import { fc } from '../../driver/property.ts'

const text = fc.string({ unit: 'grapheme', maxLength: 12 })
const origin: fc.Arbitrary<RecordOrigin> = fc.record(
  {
    channel: fc.constantFrom('c1', 'c2'),
    ordinal: fc.nat(),
    path: fc.constantFrom('/a', '/b'),
    fileId: fc.constantFrom('1:2', '3:4'),
    offset: fc.nat(),
  },
  { requiredKeys: [] },
)
// Few of each, so that there are runs of the same and of ascending ones.
const from = fc.record({ operator: fc.nat(1), sample: fc.nat(3) })
const sharedOrigin: RecordOrigin = { channel: 'c1', ordinal: 1 }
const sample: fc.Arbitrary<Sample> = fc.oneof(
  fc.record(
    { text, cut: fc.boolean(), origin: fc.oneof(origin, fc.constant(sharedOrigin)), from, key: text },
    { requiredKeys: ['text', 'cut'] },
  ),
  fc.tuple(text, text).map(([key, value]) => ({ text: `(${key},${value})`, cut: false, key })),
)

const operator = (id: number, firstOut: readonly Sample[]): OperatorRecord => ({
  id,
  name: 'map',
  callSite: 'map at p.ts:1',
  parents: [],
  in: 0,
  out: firstOut.length,
  ms: 0,
  firstIn: [],
  firstOut,
})
const output = (wrote: readonly Sample[]): OutputRecord => ({
  id: 0,
  outputId: 0,
  operatorId: 0,
  name: 'print',
  description: '',
  status: 'succeeded',
  wrote,
})
const record = (operators: readonly OperatorRecord[], outputs: readonly OutputRecord[]): BatchRecord => ({
  batchTime: 1000,
  status: 'completed',
  programVersion: 'v',
  submissionTime: 1,
  inputs: [
    { streamId: 0, operatorId: 0, name: 'a', records: 2 },
    { streamId: 1, operatorId: 1, name: 'b', records: 3 },
  ],
  operators,
  outputs,
  errors: [],
})

test('what is packed comes back as it was, whatever its samples have and lack', () => {
  fc.assert(
    fc.property(fc.array(fc.array(sample, { maxLength: 12 }), { maxLength: 4 }), fc.array(sample, { maxLength: 3 }), (out, wrote) => {
      const chain = out.map((samples, id) => ({
        ...operator(id, samples),
        ...(id > 0 && { parents: [id - 1], firstIn: out[id - 1]! }),
      }))
      const whole = record(chain, [output(wrote)])
      expect(unpackRecord(packRecord(whole).head, detailsOf(whole))).toEqual(whole)
    }),
  )
})

test('what goes into an operator with several parents is the first of all of theirs, as many as were recorded', () => {
  const samples = (name: string): Sample[] => Array.from({ length: 3 }, (_, at) => ({ text: `${name}${at}`, cut: false }))
  const [one, other] = [samples('a'), samples('b')]
  const union = { ...operator(2, one), parents: [0, 1], firstIn: [...one, ...other].slice(0, 4) }
  const whole = record([operator(0, one), operator(1, other), union], [])
  expect(unpackRecord(packRecord(whole).head, detailsOf(whole))).toEqual(whole)
})

test('a record that was made of the same as the one before it has its origin too', () => {
  const origin = { channel: 'c1', ordinal: 7, path: '/a', fileId: '1:2', offset: 90 }
  const columns = new SampleColumns()
  for (const [text, from] of [
    ['a', origin],
    ['b', origin],
    ['c', origin],
    ['d', undefined],
    ['e', origin],
    ['f', { ...origin, ordinal: 8 }],
    ['g', undefined],
    ['h', undefined],
  ] as const) {
    columns.push(text, false, from)
  }
  const places: Place[] = []
  const packed = columns.toColumns(places)
  expect(packed.origin).toEqual([0, 7, 90, -3, -1, 0, 7, 90, 0, 8, 90, -1, -1])
  expect(places).toEqual([{ channel: 'c1', path: '/a', fileId: '1:2' }])
  expect(samplesOf(packed, places)).toEqual(columns.samples())
  expect(columns.samples().map((sample) => sample.origin?.ordinal)).toEqual([7, 7, 7, undefined, 7, 8, undefined, undefined])
})

test('what samples were made of stands there as runs: all of one, or each of the next', () => {
  const columns = new SampleColumns()
  const add = (operator: number, sample: number): void => {
    columns.push('a', false, undefined)
    columns.madeOf(operator, sample)
  }
  for (const sample of [0, 0, 0, 1, 1]) add(1, sample)
  columns.push('of nothing', false, undefined)
  for (const sample of [4, 5, 6]) add(2, sample)
  columns.push('of nothing', false, undefined)
  const packed = columns.toColumns([])
  expect(packed.from).toEqual([1, 0, 0, 3, 1, 1, 0, 2, -1, 0, 0, 1, 2, 4, 1, 3])
  expect(samplesOf(packed, [])).toEqual(columns.samples())
  expect(columns.samples().map(({ from }) => from?.sample)).toEqual([0, 0, 0, 1, 1, undefined, 4, 5, 6, undefined])
})

test('a packed record says without being unpacked how many records there were and what failed; and what there is nothing of has no details', () => {
  const packed = packRecord({ ...record([], []), status: 'failed', errors: [{ message: 'no', stack: '' }] })
  expect(packed).toMatchObject({ batchTime: 1000, status: 'failed', records: 5, error: 'no' })
  expect(detailsOf(record([], []))).toBeUndefined()
})
