// Cases of errors by chance: a stream program as steps of a context's life, with steps that are wrong, missing, out of place or twice.
import { below, chance, pick } from './random.ts'
import type { Step } from './steps.ts'
import { streamProgram } from './stream-cases.ts'

export function errorCase(id: string): Step {
  const { program, inputs, numBatches, last } = streamProgram(below(3))
  const { batchMs } = program
  const ops = program.steps.map((step): Step => ({ do: 'op', ...step }))
  const steps: Step[] = [
    { do: 'context', batchMs, ...(chance(0.7) ? { checkpointDir: true } : {}) },
    ...Object.entries(inputs).map(([name, batches]): Step => ({ do: 'input', let: name, batches })),
    ...ops,
    ...(chance(0.9)
      ? [
          pick<Step>([
            { do: 'output', from: last },
            { do: 'output', from: last },
            { do: 'print', from: last },
          ]),
        ]
      : []),
    { do: 'start' },
    { do: 'advance', batches: 1 + below(numBatches) },
    wait,
    ...(chance(0.3) ? [{ do: 'advance', batches: 1 + below(2) }, wait] : []),
    { do: 'stop', stopSparkContext: chance(0.2) },
  ]
  // A second context, of the same SparkContext.
  if (chance(0.1)) steps.splice(1 + below(steps.length), 0, { ...steps[0], ctx: 'other' })
  const names = ['a', ...ops.map((step) => String(step['let']))]
  for (let left = below(4); left > 0; left--) {
    const from = pick(names)
    // After the stream that it is of.
    const at = steps.findIndex((step) => step['let'] === from) + 1
    const where = at + below(steps.length - at + 1)
    const kind = below(10)
    const there = steps[where]
    if (kind === 0 && there !== undefined && there['let'] === undefined) steps.splice(where, 1)
    else if (kind === 1) steps.splice(where, 0, pick(steps.slice(1, where)))
    else steps.splice(where, 0, strayStep(from, batchMs))
  }
  const goesOn = chance(0.7)
  return {
    id,
    group: 'err-random',
    title: steps.map((step) => String(step['op'] ?? step['do'])).join(', '),
    // What others are made of is not gone on without.
    steps: steps.map((step, index) => (goesOn && !isUsed(step['let'], steps.slice(index + 1)) ? { ...step, continue: true } : step)),
    recordOutputs: true,
  }
}

const isUsed = (name: unknown, later: readonly Step[]): boolean =>
  name !== undefined && later.some((step) => [step['from'], step['with']].flat().includes(name))

const wait: Step = { do: 'awaitTermination', timeoutMs: 20 }

/** One that may be wrong where it comes to stand. */
function strayStep(from: string, batchMs: number): Step {
  const odd = (): number => Math.trunc(pick([0, -batchMs, 1, batchMs / 2, batchMs, batchMs * 1.5, batchMs * 2, batchMs * 3]))
  const op = (step: Step): Step => ({ do: 'op', let: `z${below(1000)}`, from, ...step })
  return pick<() => Step>([
    () => ({ do: 'start' }),
    () => ({ do: 'stop', stopSparkContext: chance(0.3) }),
    () => wait,
    () => ({ do: 'getActive' }),
    () => ({ do: 'remember', ms: odd() }),
    () => ({ do: 'setBatchDuration', ms: odd() }),
    () => ({ do: 'print', from }),
    () => ({ do: 'output', from }),
    () => ({ do: 'throwingOutput', from, message: 'said no' }),
    () => ({ do: 'slice', from, fromTime: odd(), toTime: odd() }),
    () => ({ do: 'input', let: 'late', batches: [[1]] }),
    () => ({ do: 'emptyUnion' }),
    () => ({ do: 'advance', batches: 1 }),
    () => op({ op: 'window', window: odd(), slide: odd() }),
    () => op({ op: 'window', window: odd() }),
    () => op({ op: 'reduceByWindow', fn: 'addInts', ...(chance(0.5) ? { inv: 'subtractInts' } : {}), window: odd(), slide: odd() }),
    () => op({ op: 'countByWindow', window: odd(), slide: odd() }),
    () => op({ op: 'groupByKeyAndWindow', window: odd(), slide: odd() }),
    () => op({ op: 'reduceByKeyAndWindow', fn: 'addInts', ...(chance(0.5) ? { inv: 'subtractInts' } : {}), window: odd(), slide: odd() }),
    () => op({ op: 'checkpoint', interval: odd() }),
    () => op({ op: 'cache' }),
    () => op({ op: 'persist', level: pick(['MEMORY_ONLY', 'DISK_ONLY', 'NONE']) }),
    () => op({ op: 'repartition', numPartitions: pick([0, -1, 3]) }),
    () => op({ op: 'union', with: 'a' }),
    () => op({ op: 'transform', body: [{ op: 'returnNull' }] }),
    () => op({ op: 'map', fn: pick(['failOn:1', 'failOn:"a"', 'identity']) }),
    () => op({ op: 'updateStateByKey', variant: 'fn', fn: 'countState' }),
    () => op({ op: 'mapWithState', fn: pick(['mwsGetMissing', 'mwsRemoveThenUpdate', 'mwsRemoveMissing', 'mwsReadOnly']) }),
  ])()
}
