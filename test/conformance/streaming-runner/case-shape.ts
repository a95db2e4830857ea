// What a case of each corpus must have before it is run: one without its recorded results would pass whatever happens.
import * as v from 'valibot'

const step = v.looseObject({})
const batches = v.record(v.string(), v.array(v.nullable(v.array(v.unknown()))))
const program = {
  batchMs: v.number(),
  parallelism: v.number(),
  numBatches: v.pipe(v.number(), v.integer(), v.minValue(1)),
  inputs: batches,
  program: v.optional(v.array(step)),
}

const results = v.pipe(v.array(step), v.minLength(1, 'nothing is recorded to compare with'))

const shapes: Readonly<Record<string, v.GenericSchema>> = {
  stream: v.looseObject({
    ...program,
    compare: v.picklist(['ordered', 'bag', 'bag-per-key']),
    outputs: v.pipe(
      v.record(v.string(), v.unknown()),
      v.check((outputs) => Object.keys(outputs).length > 0, 'nothing is recorded to compare with'),
    ),
  }),
  print: v.looseObject({ ...program, prints: v.pipe(v.array(step), v.minLength(1)), stdout: v.string() }),
  rdd: v.looseObject({ program: v.array(step), results }),
  errors: v.looseObject({ steps: v.pipe(v.array(step), v.minLength(1)), results }),
}

/** The first thing in which a case is none of its corpus, or undefined. */
export function shapeProblem(corpus: string, test: unknown): string | undefined {
  const parsed = v.safeParse(shapes[corpus]!, test)
  if (parsed.success) return undefined
  const [issue] = parsed.issues
  const path = v.getDotPath(issue)
  return `not a case of ${corpus}/: ${path === null ? '' : `${path}: `}${issue.message}`
}
