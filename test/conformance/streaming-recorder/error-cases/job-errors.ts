// Cases of errors: batches whose jobs fail.
import {
  advance,
  type Case,
  casesOf,
  context,
  ints,
  inverse,
  op,
  output,
  pairs,
  type Step,
  start,
  stop,
  untilStop,
  wait,
  waitAndGoOn,
} from './steps.ts'

const job = casesOf('err-job')
const stateful = casesOf('err-state')

export const jobErrors: readonly Case[] = [
  job.runs(
    'a flat function after one that throws',
    context(),
    ints(),
    op('m', { op: 'map', from: 'a', fn: 'failOn:1' }),
    op('f', { op: 'flatMap', from: 'm', fn: 'duplicate' }),
    ...untilStop('f', 2, waitAndGoOn),
  ),
  job.runs(
    'a function that throws before a shuffle',
    context(),
    pairs(),
    op('m', { op: 'mapValues', from: 'a', fn: 'failOn:2' }),
    op('f', { op: 'reduceByKey', from: 'm', fn: 'addInts' }),
    ...untilStop('f', 3, waitAndGoOn),
  ),
  job.runs(
    'a function that throws after a shuffle',
    context(),
    pairs('a', [
      [
        ['a', 1],
        ['a', 1],
      ],
      [['a', 3]],
    ]),
    op('f', { op: 'reduceByKey', from: 'a', fn: 'addInts' }),
    op('m', { op: 'mapValues', from: 'f', fn: 'failOn:2' }),
    ...untilStop('m', 2, waitAndGoOn),
  ),
  job.runs(
    'the first output fails, the second is written',
    context(),
    ints(),
    op('m', { op: 'map', from: 'a', fn: 'failOn:2' }),
    output('m'),
    ...untilStop('a', 3, waitAndGoOn),
  ),
  job.runs(
    'the second output fails, the first is written',
    context(),
    ints(),
    op('m', { op: 'map', from: 'a', fn: 'failOn:2' }),
    output('a'),
    ...untilStop('m', 3, waitAndGoOn),
  ),
  job.runs(
    'two batches fail: the last failure is reported',
    context(),
    ints('a', [['x'], ['y'], ['z']]),
    op('m', { op: 'map', from: 'a', fn: 'failOn:"x"' }),
    op('n', { op: 'map', from: 'm', fn: 'failOn:"y"' }),
    ...untilStop('n', 3, waitAndGoOn, waitAndGoOn),
  ),
  job.runs(
    'an output that throws, every batch',
    context(),
    ints(),
    { do: 'throwingOutput', from: 'a', message: 'no disk' },
    output(),
    start,
    advance(2),
    waitAndGoOn,
    stop,
    wait,
  ),
  job.fails(
    'awaitTermination after stop throws what failed before',
    context(),
    ints(),
    op('m', { op: 'map', from: 'a', fn: 'failOn:1' }),
    output('m'),
    start,
    advance(1),
    stop,
    wait,
  ),
  job.runs(
    'a failing element of a window fails every window that holds it',
    context(),
    ints(),
    op('m', { op: 'map', from: 'a', fn: 'failOn:2' }),
    op('w', { op: 'window', from: 'm', window: 2000 }),
    ...untilStop('w', 3, waitAndGoOn),
  ),
  job.fails(
    'print fails like any output',
    context(),
    ints(),
    op('m', { op: 'map', from: 'a', fn: 'failOn:1' }),
    { do: 'print', from: 'm' },
    start,
    advance(1),
    wait,
  ),
  stateful.fails(
    'mapWithState: get of a state that is not there',
    context({ checkpointDir: true }),
    pairs(),
    op('x', { op: 'mapWithState', from: 'a', fn: 'mwsGetMissing' }),
    output('x'),
    start,
    advance(1),
    wait,
  ),
  stateful.runs(
    'mapWithState: remove of a state that is not there',
    context({ checkpointDir: true }),
    pairs(),
    op('x', { op: 'mapWithState', from: 'a', fn: 'mwsRemoveMissing' }),
    ...untilStop('x', 2, wait),
  ),
  stateful.runs(
    'a batch whose state function fails',
    context({ checkpointDir: true }),
    pairs('a', [[['a', 1]], [['b', 1]], [['a', 5]]]),
    op('m', { op: 'mapValues', from: 'a', fn: 'failOn:1' }),
    op('x', { op: 'mapWithState', from: 'm', fn: 'mwsPair' }),
    ...untilStop('x', 1, waitAndGoOn),
  ),
]

const failing = op('m', { op: 'map', from: 'a', fn: 'failOn:2' })
const failingValues = op('m', { op: 'mapValues', from: 'a', fn: 'failOn:2' })
/** Runs three batches, of which the second fails, and looks at what there is behind. */
const threeBatches: readonly Step[] = [start, advance(3), waitAndGoOn, stop, waitAndGoOn]
const many = (): Step =>
  ints('a', [
    [1, 3, 5],
    [1, 2, 3],
    [7, 8],
  ])
const pairLists = (): Step =>
  pairs('a', [
    [
      ['a', 1],
      ['b', 1],
    ],
    [
      ['a', 2],
      ['b', 3],
    ],
    [['a', 5]],
  ])

/** A function that throws, in front of every kind of operation. */
const behindFailure: readonly (readonly [string, Step, boolean])[] = [
  ['filter', { op: 'filter', fn: 'all' }, false],
  ['flatMap', { op: 'flatMap', fn: 'selfAndDouble' }, false],
  ['mapPartitions', { op: 'mapPartitions', fn: 'sumPartition' }, false],
  ['glom', { op: 'glom' }, false],
  ['repartition', { op: 'repartition', numPartitions: 3 }, false],
  ['count', { op: 'count' }, false],
  ['countByValue', { op: 'countByValue' }, false],
  ['reduce', { op: 'reduce', fn: 'addInts' }, false],
  ['union with its parent', { op: 'union', with: 'a' }, false],
  ['window', { op: 'window', window: 2000, slide: 1000 }, false],
  ['tumbling window', { op: 'window', window: 2000, slide: 2000 }, false],
  ['reduceByWindow', { op: 'reduceByWindow', fn: 'addInts', window: 2000, slide: 1000 }, false],
  ['inverse reduceByWindow', { op: 'reduceByWindow', ...inverse, window: 2000, slide: 1000 }, false],
  [
    'transform that sorts over partitions',
    { op: 'transform', body: [{ op: 'sortBy', from: '$0', fn: 'identity', numPartitions: 2 }] },
    false,
  ],
  [
    'transform that sorts in one partition',
    { op: 'transform', body: [{ op: 'sortBy', from: '$0', fn: 'identity', numPartitions: 1 }] },
    false,
  ],
  ['transform that numbers', { op: 'transform', body: [{ op: 'zipWithIndex', from: '$0' }] }, false],
  ['transform that takes distinct ones', { op: 'transform', body: [{ op: 'distinct', from: '$0' }] }, false],
  ['transformWith', { op: 'transformWith', with: 'a', body: [{ op: 'subtract', from: '$1', with: '$0' }] }, false],
  ['groupByKey', { op: 'groupByKey' }, true],
  ['combineByKey', { op: 'combineByKey', combiner: 'sumCount' }, true],
  ['flatMapValues', { op: 'flatMapValues', fn: 'duplicate' }, true],
  ['join', { op: 'join', with: 'a' }, true],
  ['cogroup', { op: 'cogroup', with: 'a' }, true],
  ['leftOuterJoin', { op: 'leftOuterJoin', with: 'a' }, true],
  ['updateStateByKey', { op: 'updateStateByKey', variant: 'fn', fn: 'sumState' }, true],
  ['updateStateByKey by iterators', { op: 'updateStateByKey', variant: 'iter', fn: 'iterSum' }, true],
  ['updateStateByKey with time', { op: 'updateStateByKey', variant: 'time', fn: 'timeSum' }, true],
  ['mapWithState', { op: 'mapWithState', fn: 'mwsPair' }, true],
  ['reduceByKeyAndWindow', { op: 'reduceByKeyAndWindow', fn: 'addInts', window: 2000, slide: 1000 }, true],
  ['inverse reduceByKeyAndWindow', { op: 'reduceByKeyAndWindow', ...inverse, window: 2000, slide: 1000 }, true],
]
/** The same for each of them. */
export const failuresBehind = behindFailure.map(([what, step, keyed]) =>
  job.runs(
    `a function that throws, and ${what} behind it`,
    context({ checkpointDir: true }),
    keyed ? pairLists() : many(),
    keyed ? failingValues : failing,
    op('x', { ...step, from: 'm' }),
    output('x'),
    output('a'),
    ...threeBatches,
  ),
)
