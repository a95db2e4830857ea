// Cases of errors: windows whose durations do not fit.
import { type Case, casesOf, context, ints, inverse, op, pairs } from './steps.ts'

const window = casesOf('err-window')

export const windowErrors: readonly Case[] = [
  window.fails('slide not a multiple', context(), ints(), op('w', { op: 'window', from: 'a', window: 3000, slide: 1500 })),
  window.fails('window smaller than the batch', context(), ints(), op('w', { op: 'window', from: 'a', window: 500 })),
  window.fails(
    'window and slide both wrong: the window is named first',
    context(),
    ints(),
    op('w', { op: 'window', from: 'a', window: 1500, slide: 700 }),
  ),
  window.fails(
    'reduceByWindow, window not a multiple',
    context(),
    ints(),
    op('w', { op: 'reduceByWindow', from: 'a', fn: 'addInts', window: 2500, slide: 1000 }),
  ),
  window.fails(
    'reduceByWindow, slide not a multiple',
    context(),
    ints(),
    op('w', { op: 'reduceByWindow', from: 'a', fn: 'addInts', window: 2000, slide: 1500 }),
  ),
  window.fails(
    'inverse reduceByWindow, slide not a multiple',
    context(),
    ints(),
    op('w', { op: 'reduceByWindow', from: 'a', ...inverse, window: 2000, slide: 1500 }),
  ),
  window.fails(
    'countByWindow, window not a multiple',
    context(),
    ints(),
    op('w', { op: 'countByWindow', from: 'a', window: 2500, slide: 1000 }),
  ),
  window.fails(
    'countByWindow, slide not a multiple',
    context(),
    ints(),
    op('w', { op: 'countByWindow', from: 'a', window: 2000, slide: 1300 }),
  ),
  window.fails(
    'countByValueAndWindow, window not a multiple',
    context(),
    ints(),
    op('w', { op: 'countByValueAndWindow', from: 'a', window: 2500, slide: 1000 }),
  ),
  window.fails(
    'groupByKeyAndWindow, window not a multiple',
    context(),
    pairs(),
    op('w', { op: 'groupByKeyAndWindow', from: 'a', window: 2500, slide: 1000 }),
  ),
  window.fails(
    'groupByKeyAndWindow, slide not a multiple',
    context(),
    pairs(),
    op('w', { op: 'groupByKeyAndWindow', from: 'a', window: 2000, slide: 300 }),
  ),
  window.fails(
    'reduceByKeyAndWindow, window not a multiple',
    context(),
    pairs(),
    op('w', { op: 'reduceByKeyAndWindow', from: 'a', fn: 'addInts', window: 1001, slide: 1000 }),
  ),
  window.fails(
    'inverse reduceByKeyAndWindow, slide not a multiple',
    context(),
    pairs(),
    op('w', { op: 'reduceByKeyAndWindow', from: 'a', ...inverse, window: 2000, slide: 2500 }),
  ),
  window.fails(
    'inverse window of a window, not a multiple of its slide',
    context(),
    pairs(),
    op('w', { op: 'window', from: 'a', window: 2000, slide: 2000 }),
    op('v', { op: 'reduceByKeyAndWindow', from: 'w', ...inverse, window: 3000, slide: 2000 }),
  ),
  window.fails(
    'window of a window, slide not a multiple',
    context(),
    ints(),
    op('w', { op: 'window', from: 'a', window: 2000, slide: 2000 }),
    op('v', { op: 'window', from: 'w', window: 4000, slide: 3000 }),
  ),
]
