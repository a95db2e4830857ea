// Cases of `errors/`: steps in order up to the first that throws; each with the states of the contexts after it.
import { IllegalStateException, milliseconds, Receiver, StreamingContext, Time } from '../../../src-main/streaming/api.ts'
import { StreamingTestDriver } from '../../../src-main/streaming/testing.ts'
import type { Verdict } from './rdd-case.ts'
import type { Step } from './rdd-steps.ts'
import { errorDifference, excuseFor, type RecordedError } from './recorded-error.ts'
import { type AnyStream, addStream } from './stream-steps.ts'
import { firstDifference, toValue } from './values.ts'

interface ErrorStep {
  readonly do: string
  readonly ctx?: string
  readonly let?: string
  readonly from?: string
  readonly continue?: boolean
  readonly [argument: string]: unknown
}

interface StepResult {
  readonly step: number
  readonly do: string
  readonly ok?: boolean
  readonly returned?: unknown
  readonly error?: RecordedError
  readonly states: Readonly<Record<string, string>>
  readonly sparkContextStopped?: boolean
}

export interface ErrorCase {
  readonly id: string
  readonly title: string
  readonly steps: readonly ErrorStep[]
  readonly results: readonly StepResult[]
  readonly outputsByTime?: Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>>
}

class NullReceiver extends Receiver<unknown> {
  override onStart(): void {}
  override onStop(): void {}
}

/** What getActive gives: a case may have recorded that there is one, its name, or its state. */
class Active {
  readonly name: string | undefined
  readonly state: string | undefined

  constructor(name: string | undefined, state: string | undefined) {
    this.name = name
    this.state = state
  }

  as(expected: unknown): unknown {
    if (typeof expected === 'boolean') return this.state !== undefined
    return (expected === this.name ? this.name : this.state) ?? null
  }
}

/** The contexts of a case and what they have. */
class Bench {
  readonly drivers = new Map<string, StreamingTestDriver>()
  readonly streams = new Map<string, Record<string, AnyStream>>()
  readonly outputs: Record<string, Record<string, unknown[]>> = {}

  async run(step: ErrorStep): Promise<unknown> {
    const name = step.ctx ?? 'ssc'
    if (step.do === 'context') return this.#newContext(name, step)
    if (step.do === 'nullContext') return new StreamingContext({ sparkContext: null, checkpoint: null })
    if (step.do === 'getActive') return this.#active()
    const driver = this.drivers.get(name)
    const streams = this.streams.get(name)
    if (driver === undefined || streams === undefined) throw new Error(`the case has no context ${name}`)
    const ssc = driver.context
    const stream = (): AnyStream => {
      const found = streams[String(step.from)]
      if (found === undefined) throw new Error(`the case has no stream ${String(step.from)}`)
      return found
    }
    switch (step.do) {
      case 'input':
        streams[step.let!] = driver.input((step['batches'] as (unknown[] | null)[]).map((batch) => batch?.map(toValue) ?? null))
        return undefined
      case 'op':
        return addStream(ssc, step as unknown as Step, streams)
      case 'output':
        return this.#collect(`${name}.${step.from}`, stream())
      case 'print':
        return stream().print()
      case 'throwingOutput':
        return stream().foreachRDD(() => {
          throw new IllegalStateException(String(step['message']))
        })
      case 'mapUnserializable': {
        const handle = process.stdout
        streams[step.let!] = stream().map((value) => (handle === undefined ? null : value))
        return undefined
      }
      case 'foreachUnserializable': {
        const handle = process.stdout
        return stream().foreachRDD((rdd) => {
          if (handle === undefined) rdd.setName('never')
        })
      }
      case 'start':
        return ssc.start()
      case 'advance':
        // Nobody listens to the clock of a context that is not at work.
        return ssc.getState() === 'ACTIVE' ? driver.advance(step['batches'] as number) : undefined
      case 'awaitTermination':
        return Promise.race([ssc.awaitTermination().then(() => true), settled().then(() => false)])
      case 'stop':
        return ssc.stop(step['stopSparkContext'] === true)
      case 'remember':
        return ssc.remember(milliseconds((step['ms'] ?? step['durationMs']) as number))
      case 'setBatchDuration':
        return ssc.graph.setBatchDuration(milliseconds(step['ms'] as number))
      case 'slice':
        return stream().slice(new Time(step['fromTime'] as number), new Time(step['toTime'] as number))
      case 'emptyUnion':
        return ssc.union([])
      case 'emptyTransform':
        return ssc.transform([], () => ssc.sparkContext.emptyRDD())
      case 'receiver':
        streams[step.let!] = ssc.receiverStream(new NullReceiver())
        return undefined
      case 'queueNull':
        streams[step.let!] = ssc.queueStream<unknown>([], true, null)
        return undefined
      case 'copyStream': {
        const from = this.streams.get(String(step['fromCtx']))
        streams[step.let!] = from![String(step.from)]!
        return undefined
      }
      default:
        throw new Error(`the case needs the step ${step.do}, which the runner does not have`)
    }
  }

  #newContext(name: string, step: ErrorStep): void {
    const checkpoint = step['checkpointDir'] === true || step['metadataCheckpoint'] === true
    const batchDuration = milliseconds(step['batchMs'] as number)
    // All contexts of a case are of one SparkContext, as long as that is not stopped.
    const last = [...this.drivers.values()].at(-1)?.context.sparkContext
    const shared = last === undefined || last.isStopped ? {} : { sparkContext: last }
    this.drivers.set(name, new StreamingTestDriver({ batchDuration, checkpoint, ...shared }))
    this.streams.set(name, {})
  }

  #collect(name: string, stream: AnyStream): void {
    const byTime: Record<string, unknown[]> = {}
    stream.foreachRDD(async (rdd, time) => {
      byTime[String(time.milliseconds).padStart(6, '0')] = await rdd.collect()
    })
    this.outputs[name] = byTime
  }

  /** The active context, as the recording may tell of it. */
  #active(): Active {
    const active = StreamingContext.getActive()
    const named = [...this.drivers].find(([, driver]) => driver.context === active)
    return new Active(named?.[0], active?.getState())
  }

  states(): Record<string, string> {
    return Object.fromEntries([...this.drivers].map(([name, driver]) => [name, driver.context.getState()]))
  }

  get sparkContextStopped(): boolean {
    return [...this.drivers.values()].at(-1)?.context.sparkContext.isStopped === true
  }
}

/** A few turns of the event loop: whatever the driver's batches had to say has been said. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}

export async function runErrorCase(test: ErrorCase): Promise<Verdict> {
  const bench = new Bench()
  try {
    return await compareSteps(test, bench)
  } finally {
    for (const driver of bench.drivers.values()) if (driver.context.getState() === 'ACTIVE') await driver.stop()
  }
}

async function compareSteps(test: ErrorCase, bench: Bench): Promise<Verdict> {
  for (const expected of test.results) {
    const step = test.steps[expected.step]!
    const where = `step ${expected.step} (${expected.do})`
    let outcome: { readonly returned: unknown } | { readonly thrown: unknown }
    try {
      outcome = { returned: await bench.run(step) }
    } catch (thrown) {
      outcome = { thrown }
    }
    if (expected.error !== undefined) {
      if ('returned' in outcome) {
        const excuse = excuseFor(expected.error)
        // What follows in the recording follows from the failure.
        return excuse === undefined
          ? { difference: `${where}: expected ${expected.error.exception}, and nothing was thrown` }
          : { rule: excuse.rule }
      }
      const difference = errorDifference(expected.error, outcome.thrown)
      if (difference !== undefined) return { difference: `${where}: ${difference}` }
    } else if ('thrown' in outcome) {
      return { difference: `${where} threw ${(outcome.thrown as Error).stack ?? String(outcome.thrown)}` }
    } else if (expected.returned !== undefined) {
      const returned = outcome.returned instanceof Active ? outcome.returned.as(expected.returned) : outcome.returned
      const difference = firstDifference(expected.returned, returned, 'ordered')
      if (difference !== undefined) return { difference: `${where}: ${difference}` }
    }
    const states = firstDifference(expected.states, bench.states(), 'ordered')
    if (states !== undefined) return { difference: `states after ${where}: ${states}` }
    if (expected.sparkContextStopped !== undefined && expected.sparkContextStopped !== bench.sparkContextStopped) {
      return { difference: `after ${where} the SparkContext is ${bench.sparkContextStopped ? '' : 'not '}stopped` }
    }
  }
  for (const [name, byTime] of Object.entries(test.outputsByTime ?? {})) {
    const difference = firstDifference(byTime, bench.outputs[name], 'ordered')
    if (difference !== undefined) return { difference: `outputs of ${name}: ${difference}` }
  }
  return {}
}
