// Cases of `stream/` and `print/`: a program on a StreamingContext with a ManualClock.
import { milliseconds, Time } from '../../../src-main/streaming/api.ts'
import { StreamingTestDriver } from '../../../src-main/streaming/testing.ts'
import { type Action, runAction, type Step } from './rdd-steps.ts'
import { type AnyStream, addStream } from './stream-steps.ts'
import { type Compare, firstDifference, toDigits, toResult, toValue } from './values.ts'

type Lists = Readonly<Record<string, readonly unknown[]>>

export interface StreamCase {
  readonly id: string
  readonly title: string
  readonly batchMs: number
  readonly parallelism: number
  readonly numBatches: number
  readonly compare: Compare
  readonly startAtMs?: number
  readonly rememberMs?: number
  /** A batch, or more than one, was seen to fail. */
  readonly fails?: boolean
  readonly inputs: Readonly<Record<string, readonly (readonly unknown[] | null)[]>>
  readonly program?: readonly Step[]
  readonly collect?: readonly string[]
  readonly foreach?: readonly (Action & { readonly into: string; readonly from: string })[]
  readonly after?: readonly Step[]
  readonly prints?: readonly { readonly from: string; readonly num?: number }[]
  readonly outputs?: Lists
  readonly numPartitions?: Lists
  readonly partitions?: Lists
  readonly stdout?: string
}

interface Program {
  readonly driver: StreamingTestDriver
  readonly streams: Record<string, AnyStream>
}

function build(test: StreamCase): Program {
  const driver = new StreamingTestDriver({ batchDuration: milliseconds(test.batchMs), startAt: test.startAtMs ?? 0 })
  const streams: Record<string, AnyStream> = {}
  for (const name of Object.keys(test.inputs).sort()) {
    const batches = test.inputs[name]!.map((batch) => batch?.map(toValue) ?? null)
    streams[name] = driver.input(batches, test.parallelism)
  }
  for (const step of test.program ?? []) addStream(driver.context, step, streams)
  if (test.rememberMs !== undefined) driver.context.remember(milliseconds(test.rememberMs))
  return { driver, streams }
}

/** The first difference between what the case recorded and what happens here, or undefined. */
export async function runStreamCase(test: StreamCase): Promise<string | undefined> {
  const program = build(test)
  const { driver, streams } = program
  const batchMs = test.batchMs
  const zero = Math.floor((test.startAtMs ?? 0) / batchMs) * batchMs
  const blank = (): unknown[] => new Array<unknown>(test.numBatches).fill(null)
  const outputs: Record<string, unknown[]> = {}
  const numPartitions: Record<string, unknown[]> = {}
  const partitions: Record<string, unknown[]> = {}
  for (const name of test.collect ?? []) {
    const [contents, counts, parts] = [blank(), blank(), blank()]
    outputs[name] = contents
    numPartitions[name] = counts
    partitions[name] = parts
    streams[name]!.foreachRDD(async (rdd, time) => {
      const index = (time.milliseconds - zero) / batchMs - 1
      const collected = await rdd.collectPartitions()
      contents[index] = collected.flat(1)
      counts[index] = rdd.getNumPartitions()
      parts[index] = collected
    })
  }
  for (const action of test.foreach ?? []) {
    const values = blank()
    outputs[action.into] = values
    streams[action.from]!.foreachRDD(async (rdd, time) => {
      values[(time.milliseconds - zero) / batchMs - 1] = toResult(await runAction(rdd, action))
    })
  }
  driver.start()
  try {
    await runBatches(test, driver)
    for (const step of test.after ?? []) outputs[step['into'] as string] = (await lookBack(step, streams)) as unknown[]
  } finally {
    await driver.stop()
  }
  return differences(test, { outputs, numPartitions, partitions })
}

/** Throws what a batch failed with, unless one was to fail. */
async function runBatches(test: StreamCase, driver: StreamingTestDriver): Promise<void> {
  await driver.advance(test.numBatches)
  const failure = await driver.context.awaitTerminationOrTimeout(0).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (test.fails !== true && failure !== undefined) throw failure
  if (test.fails === true && failure === undefined) throw new Error('a batch was to fail')
}

async function lookBack(step: Step, streams: Readonly<Record<string, AnyStream>>): Promise<unknown> {
  const stream = streams[String(step.from)]!
  if (step.op === 'slice') {
    const rdds = stream.slice(new Time(step['fromTime'] as number), new Time(step['toTime'] as number))
    return Promise.all(rdds.map((rdd) => rdd.collect()))
  }
  if (step.op !== 'introspect') throw new Error(`the case looks back with ${step.op}, which the runner does not have`)
  return {
    slideMs: stream.slideDuration.milliseconds,
    rememberMs: stream.rememberDuration?.milliseconds ?? null,
    checkpointMs: stream.checkpointDuration?.milliseconds ?? null,
    storageLevel: stream.storageLevel.description,
    parentRememberMs: stream.parentRememberDuration?.milliseconds ?? null,
    rememberedTimes: [...stream.generatedRDDs.keys()].sort((a, b) => a - b),
    class: stream.className,
    numDependencies: stream.dependencies.length,
  }
}

function differences(
  test: StreamCase,
  found: { readonly outputs: Lists; readonly numPartitions: Lists; readonly partitions: Lists },
): string | undefined {
  for (const [name, expected] of Object.entries(test.outputs ?? {})) {
    const actual = found.outputs[name]
    if (actual === undefined) return `${name} has no result`
    if (!Array.isArray(expected) || !(test.collect?.includes(name) || test.foreach?.some((action) => action.into === name))) {
      const [wanted, got] = test.fails === true ? [expected, actual].map(withoutRemembered) : [expected, actual]
      const difference = firstDifference(wanted, got, 'ordered')
      if (difference !== undefined) return `${name}: ${difference}`
      continue
    }
    const digits = test.foreach?.find((action) => action.into === name)?.['digits']
    for (const [index, batch] of expected.entries()) {
      const difference = firstDifference(toDigits(batch, digits), toDigits(actual[index], digits), test.compare)
      if (difference !== undefined) return `${name}, batch ${index + 1}: ${difference}`
    }
  }
  for (const [name, expected] of Object.entries(test.numPartitions ?? {})) {
    const difference = firstDifference(expected, found.numPartitions[name], 'ordered')
    if (difference !== undefined) return `number of partitions of ${name}: ${difference}`
  }
  for (const [name, expected] of Object.entries(test.partitions ?? {})) {
    for (const [index, batch] of expected.entries()) {
      const actual = found.partitions[name]?.[index] as readonly unknown[] | null | undefined
      if (batch === null || actual === null || actual === undefined) {
        if (batch !== (actual ?? null)) return `partitions of ${name}, batch ${index + 1}: expected ${JSON.stringify(batch)}`
        continue
      }
      for (const [partition, elements] of (batch as unknown[]).entries()) {
        const difference = firstDifference(elements, actual[partition], test.compare)
        if (difference !== undefined) return `partition ${partition} of ${name}, batch ${index + 1}: ${difference}`
      }
    }
  }
  return undefined
}

/** A batch that failed is kept in Spark, and let go here: rule `batch-done-when-all-outputs-succeeded`. */
function withoutRemembered(found: unknown): unknown {
  if (typeof found !== 'object' || found === null || !('rememberedTimes' in found)) return found
  return { ...found, rememberedTimes: [] }
}

/** Compares what `print()` writes, character by character. */
export async function runPrintCase(test: StreamCase): Promise<string | undefined> {
  const { driver, streams } = build(test)
  for (const { from, num } of test.prints ?? []) {
    if (num === undefined) streams[from]!.print()
    else streams[from]!.print(num)
  }
  driver.start()
  try {
    await runBatches(test, driver)
  } finally {
    await driver.stop()
  }
  const actual = driver.stdout()
  if (actual === test.stdout) return undefined
  const at = [...actual].findIndex((character, index) => character !== test.stdout?.[index])
  return `stdout differs at character ${at < 0 ? actual.length : at}: expected ${JSON.stringify(test.stdout)}, got ${JSON.stringify(actual)}`
}
