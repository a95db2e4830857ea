import { expect, test } from 'vitest'
import { lineageOf, sampleComingIn, samplesOfEvent } from '../../src-renderer/batches/lineage.ts'
import type { OperatorRecord, SampleRecord } from '../../src-shared/contract/streams.ts'

type Given = Partial<SampleRecord> & { readonly text: string }

function operator(id: number, parents: readonly number[], samplesOut: readonly Given[], combinesByKey = false): OperatorRecord {
  return {
    ...{ id, name: `op at p.ts:${id}`, operation: 'op', parents, recordsIn: 9, recordsOut: 9, timeMs: 1, samplesIn: [] },
    samplesOut: samplesOut.map((each) => ({ cut: false, ...each })),
    ...(combinesByKey && { combinesByKey: true as const }),
  }
}

const event = (ordinal: number) => ({ channel: 'c1', ordinal })
const from = (parent: number, sample: number) => ({ operator: parent, sample })

/** Words of two lines, counted by word, then shown. */
const counted = [
  operator(
    0,
    [],
    [
      { text: 'a b', origin: event(1) },
      { text: 'a', origin: event(2) },
    ],
  ),
  operator(
    1,
    [0],
    [
      { text: '(a,1)', key: 'a', origin: event(1), from: from(0, 0) },
      { text: '(b,1)', key: 'b', origin: event(1), from: from(0, 0) },
      { text: '(a,1)', key: 'a', origin: event(2), from: from(0, 1) },
    ],
  ),
  operator(
    2,
    [1],
    [
      { text: '(a,2)', key: 'a' },
      { text: '(b,1)', key: 'b' },
    ],
    true,
  ),
  operator(
    3,
    [2],
    [
      { text: 'a2', from: from(2, 0) },
      { text: 'b1', from: from(2, 1) },
    ],
  ),
]

const names = (at: readonly { operator: number; sample: number }[]): string[] => at.map((each) => `${each.operator}.${each.sample}`)

test('what was combined by key is followed back through its key to every event that was kept, and to no other', () => {
  expect(names(lineageOf(counted, from(3, 0)).madeOf)).toEqual(['0.0', '0.1', '1.0', '1.2', '2.0'])
  expect(names(lineageOf(counted, from(3, 1)).madeOf)).toEqual(['0.0', '1.1', '2.1'])
})

test('what became of a record is followed down to the end', () => {
  expect(names(lineageOf(counted, from(0, 0)).becameOf)).toEqual(['1.0', '1.1', '2.0', '2.1', '3.0', '3.1'])
  expect(names(lineageOf(counted, from(1, 2)).becameOf)).toEqual(['2.0', '3.0'])
})

test('of two records made of one event each has its own children', () => {
  expect(names(lineageOf(counted, from(1, 1)).becameOf)).toEqual(['2.1', '3.1'])
})

test('where no sample was noted, the event that both are of joins them', () => {
  const rows = [
    operator(0, [], [{ text: 'x', origin: event(7) }]),
    operator(
      1,
      [0],
      [
        { text: '{}', origin: event(7) },
        { text: '{}', origin: event(8) },
      ],
    ),
  ]
  expect(names(lineageOf(rows, from(0, 0)).becameOf)).toEqual(['1.0'])
})

test('through a sort a record is followed by its text, where all records are different and were kept', () => {
  const sorted = (out: readonly string[], recordsOut: number) => [
    { ...operator(0, [], [{ text: 'b' }, { text: 'a' }]), recordsOut: 2 },
    {
      ...operator(
        1,
        [0],
        out.map((text) => ({ text })),
      ),
      recordsIn: 2,
      recordsOut,
    },
  ]
  expect(names(lineageOf(sorted(['a', 'b'], 2), from(1, 0)).madeOf)).toEqual(['0.1'])
  expect(names(lineageOf(sorted(['a', 'b'], 3), from(1, 0)).madeOf)).toEqual([])
  expect(names(lineageOf(sorted(['a', 'a'], 2), from(1, 0)).madeOf)).toEqual([])
})

test('a record that is no sample, such as one that failed, belongs to the samples of its event', () => {
  expect(names(samplesOfEvent(counted, { text: 'a', cut: false, origin: event(2) }))).toEqual(['0.1', '1.2'])
  expect(samplesOfEvent(counted, { text: 'a', cut: false })).toEqual([])
})

test('a record that goes into an operator with two parents is a sample of one of them', () => {
  const joined = [...counted, operator(4, [1, 2], [])]
  expect(sampleComingIn(joined, joined[4]!, 2)).toEqual(from(1, 2))
  expect(sampleComingIn(joined, joined[4]!, 3)).toEqual(from(2, 0))
  expect(sampleComingIn(joined, joined[4]!, 5)).toBeUndefined()
})
