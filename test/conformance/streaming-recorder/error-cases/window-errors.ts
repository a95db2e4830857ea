// Cases of errors: windows whose durations do not fit.
import { type Case, context, ints, inverse, op, pairs } from './steps.ts'

export const windowErrors: readonly Case[] = [
  ['err-window', 'slide not a multiple', [context(), ints(), op('w', { op: 'window', from: 'a', window: 3000, slide: 1500 })]],
  ['err-window', 'window smaller than the batch', [context(), ints(), op('w', { op: 'window', from: 'a', window: 500 })]],
  [
    'err-window',
    'window and slide both wrong: the window is named first',
    [context(), ints(), op('w', { op: 'window', from: 'a', window: 1500, slide: 700 })],
  ],
  [
    'err-window',
    'reduceByWindow, window not a multiple',
    [context(), ints(), op('w', { op: 'reduceByWindow', from: 'a', fn: 'addInts', window: 2500, slide: 1000 })],
  ],
  [
    'err-window',
    'reduceByWindow, slide not a multiple',
    [context(), ints(), op('w', { op: 'reduceByWindow', from: 'a', fn: 'addInts', window: 2000, slide: 1500 })],
  ],
  [
    'err-window',
    'inverse reduceByWindow, slide not a multiple',
    [context(), ints(), op('w', { op: 'reduceByWindow', from: 'a', ...inverse, window: 2000, slide: 1500 })],
  ],
  [
    'err-window',
    'countByWindow, window not a multiple',
    [context(), ints(), op('w', { op: 'countByWindow', from: 'a', window: 2500, slide: 1000 })],
  ],
  [
    'err-window',
    'countByWindow, slide not a multiple',
    [context(), ints(), op('w', { op: 'countByWindow', from: 'a', window: 2000, slide: 1300 })],
  ],
  [
    'err-window',
    'countByValueAndWindow, window not a multiple',
    [context(), ints(), op('w', { op: 'countByValueAndWindow', from: 'a', window: 2500, slide: 1000 })],
  ],
  [
    'err-window',
    'groupByKeyAndWindow, window not a multiple',
    [context(), pairs(), op('w', { op: 'groupByKeyAndWindow', from: 'a', window: 2500, slide: 1000 })],
  ],
  [
    'err-window',
    'groupByKeyAndWindow, slide not a multiple',
    [context(), pairs(), op('w', { op: 'groupByKeyAndWindow', from: 'a', window: 2000, slide: 300 })],
  ],
  [
    'err-window',
    'reduceByKeyAndWindow, window not a multiple',
    [context(), pairs(), op('w', { op: 'reduceByKeyAndWindow', from: 'a', fn: 'addInts', window: 1001, slide: 1000 })],
  ],
  [
    'err-window',
    'inverse reduceByKeyAndWindow, slide not a multiple',
    [context(), pairs(), op('w', { op: 'reduceByKeyAndWindow', from: 'a', ...inverse, window: 2000, slide: 2500 })],
  ],
  [
    'err-window',
    'inverse window of a window, not a multiple of its slide',
    [
      context(),
      pairs(),
      op('w', { op: 'window', from: 'a', window: 2000, slide: 2000 }),
      op('v', { op: 'reduceByKeyAndWindow', from: 'w', ...inverse, window: 3000, slide: 2000 }),
    ],
  ],
  [
    'err-window',
    'window of a window, slide not a multiple',
    [
      context(),
      ints(),
      op('w', { op: 'window', from: 'a', window: 2000, slide: 2000 }),
      op('v', { op: 'window', from: 'w', window: 4000, slide: 3000 }),
    ],
  ],
]
