// The threads that run stages of a stream program, as the program's own thread sees them. They are started with the context, and evaluate
// the program while the first batches run here; once all of them have come to the same graph, large stages go to them. A thread that ends,
// or whose program is another one, ends the program: nothing is computed twice or left out in silence.
import { MessageChannel, type MessagePort as Port, Worker } from 'node:worker_threads'
import type { ProgramFailure } from '../../../src-shared/streaming/program-failure.ts'
import { entryPoint } from '../../entry-point.ts'
import type { GraphDescription } from '../host.ts'
import { PairColumns } from '../rdd/combine-table.ts'
import type { Executors, Stage } from '../rdd/executors.ts'
import { blame, jobAborted, newStage } from '../rdd/task.ts'
import type { RecordedRun } from '../scheduler/batch-recording.ts'
import type { StreamingContext } from '../streaming-context.ts'
import { describeAccumulators, mergeUpdates } from './carried-updates.ts'
import { uncarry } from './carried-values.ts'
import type { CarriedError, ExecutorOrders, ExecutorTask, FromExecutor, TaskResult } from './executor-messages.ts'

export interface ThreadExecutorsOptions {
  readonly context: StreamingContext
  readonly orders: Omit<ExecutorOrders, 'port' | 'signal'>
  /** Limit of each thread's heap, MiB. */
  readonly heapMb: number
  /** What the program threw in a thread before it started its context. */
  readonly onThrown: (error: unknown) => void
  readonly onFailure: (failure: ProgramFailure) => void
}

interface Thread {
  readonly worker: Worker
  readonly port: Port
  readonly signal: Int32Array
  /** The task that it is busy with. */
  task: number | undefined
}

type Outcome = FromExecutor & { readonly recorded?: readonly RecordedRun[] }

interface Waiting {
  readonly task: ExecutorTask
  readonly settle: (outcome: Outcome) => void
}

export class ThreadExecutors implements Executors {
  readonly #options: ThreadExecutorsOptions
  readonly #graph: GraphDescription
  readonly #accumulators: readonly string[]
  readonly #threads: Thread[]
  readonly #queue: Waiting[] = []
  readonly #running = new Map<number, Waiting>()
  /** Stages whose results cannot be handed over. */
  readonly #here = new Set<string>()
  readonly #waitedFor: Set<Thread>
  readonly #allReady = Promise.withResolvers<void>()
  #nextTask = 0
  #failed = false

  constructor(options: ThreadExecutorsOptions) {
    this.#options = options
    this.#graph = options.context.describe()
    this.#accumulators = describeAccumulators(options.context.sparkContext)
    this.#threads = Array.from({ length: options.context.sparkContext.threads }, () => this.#start())
    this.#waitedFor = new Set(this.#threads)
  }

  get #ready(): boolean {
    return this.#waitedFor.size === 0
  }

  run(stage: Stage, partitions: readonly number[]): Promise<readonly unknown[] | undefined> | undefined {
    const { context } = this.#options
    const ranges = context.inputs.channelRangesOf(stage.address.batchTime)
    const bytes = ranges.reduce((sum, range) => sum + range.bytes, 0)
    if (bytes < context.settings.leastBytesForThreads || this.#here.has(kindOfStage(stage))) return undefined
    if (this.#ready) return this.#dispatch(stage, partitions)
    return context.settings.waitForThreads ? this.#allReady.promise.then(() => this.#dispatch(stage, partitions)) : undefined
  }

  #dispatch(stage: Stage, partitions: readonly number[]): Promise<readonly unknown[] | undefined> {
    const { context } = this.#options
    const ranges = context.inputs.channelRangesOf(stage.address.batchTime)
    const zeroTime = context.graph.zeroTime!.milliseconds
    const outcomes = partitions.map(
      (partition) =>
        new Promise<Outcome>((settle) => {
          this.#queue.push({ task: { ...stage, partition, zeroTime, ranges, id: this.#nextTask++ }, settle })
        }),
    )
    this.#fill()
    return Promise.all(outcomes).then((all) => this.#results(stage, partitions, all))
  }

  #results(stage: Stage, partitions: readonly number[], outcomes: readonly Outcome[]): readonly unknown[] | undefined {
    const refused = outcomes.find((outcome) => 'notCarried' in outcome)
    if (refused !== undefined) {
      this.#here.add(kindOfStage(stage))
      this.#options.context.host.log.warn(
        `What an operation yields, or adds to an accumulator, cannot be handed from one thread to another (${refused.kind}): it runs in the program's own thread from now on. Plain objects, arrays, maps, text and numbers can.`,
        { operator: this.#options.context.graph.streams[stage.address.streamId]?.callSite.short },
      )
      return undefined
    }
    // Also those of tasks beside one that has failed.
    for (const outcome of outcomes) if ('done' in outcome) mergeUpdates(outcome.updates, this.#options.context.sparkContext)
    const number = newStage()
    return outcomes.map((outcome, index) => {
      this.#options.context.recordings?.absorb(stage.address.batchTime, outcome.recorded ?? [])
      if ('failed' in outcome) throw jobAborted(errorOf(outcome.error), number, partitions[index]!)
      return 'done' in outcome ? resultOf(outcome.result) : undefined
    })
  }

  #fill(): void {
    for (const thread of this.#threads) {
      if (thread.task !== undefined) continue
      const next = this.#queue.shift()
      if (next === undefined) return
      thread.task = next.task.id
      this.#running.set(next.task.id, next)
      thread.port.postMessage(next.task)
      Atomics.add(thread.signal, 0, 1)
      Atomics.notify(thread.signal, 0)
    }
  }

  #start(): Thread {
    const { orders, heapMb, onThrown } = this.#options
    const { port1, port2 } = new MessageChannel()
    const signal = new Int32Array(new SharedArrayBuffer(4))
    const worker = new Worker(entryPoint('executor'), {
      argv: process.argv.slice(2),
      resourceLimits: { maxOldGenerationSizeMb: heapMb },
      workerData: { executor: { ...orders, port: port2, signal } },
      transferList: [port2],
    })
    const thread: Thread = { worker, port: port1, signal, task: undefined }
    port1.on('message', (message: FromExecutor) => this.#receive(thread, message))
    port1.unref()
    worker.unref()
    worker.on('error', (error: Error & { code?: unknown }) => {
      if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') this.#fail('memory', outOfMemory)
      else if (!this.#failed) {
        this.#failed = true
        onThrown(error)
      }
    })
    worker.on('exit', (code) => this.#fail('exit', endedItself(code)))
    return thread
  }

  #receive(thread: Thread, message: FromExecutor): void {
    if ('ready' in message) {
      const difference = differenceOf(this.#graph, message.ready) ?? differentAccumulators(this.#accumulators, message.accumulators)
      if (difference === undefined) {
        this.#waitedFor.delete(thread)
        if (this.#ready) this.#allReady.resolve()
      } else this.#fail('refused', `${mustBeTheSame}: ${difference}. ${orLocal}`)
    } else if ('neverStarted' in message) {
      this.#fail('refused', `${mustBeTheSame}, and in a thread it came to its end without ssc.start(). ${orLocal}`)
    } else {
      const id = 'done' in message ? message.done : 'failed' in message ? message.failed : message.notCarried
      const waiting = this.#running.get(id)!
      this.#running.delete(id)
      thread.task = undefined
      this.#fill()
      waiting.settle(message)
    }
  }

  #fail(kind: ProgramFailure['kind'], sentence: string): void {
    if (this.#failed) return
    this.#failed = true
    this.#options.onFailure({ kind, sentence })
  }

  stop(): void {
    this.#failed = true
    for (const { worker } of this.#threads) void worker.terminate()
  }
}

const mustBeTheSame =
  'With more than one thread the program is evaluated in each of them, and must make the same streams and accumulators every time'
const orLocal = 'Take what differs out of their making, or run it with the master local.'
const outOfMemory =
  "The heap of one of the program's threads reached its limit. Keep less in functions, take smaller batches (maxBytesPerBatch), or give it more (--memory)."

function endedItself(code: number): string {
  return `The program ended one of its threads with exit code ${code}. A function of a stream reports what is wrong by throwing an error.`
}

/** The same stage in other batches. */
function kindOfStage({ address, work }: Stage): string {
  return JSON.stringify([address.streamId, address.path, work])
}

/** The first difference between two graphs, in words. */
function differenceOf(own: GraphDescription, other: GraphDescription): string | undefined {
  if (JSON.stringify(own) === JSON.stringify(other)) return undefined
  if (own.batchDurationMs !== other.batchDurationMs) {
    return `here its batches are of ${own.batchDurationMs} ms, in a thread of ${other.batchDurationMs} ms`
  }
  const most = Math.max(own.operators.length, other.operators.length)
  for (let id = 0; id < most; id++) {
    const [one, two] = [own.operators[id], other.operators[id]]
    if (JSON.stringify(one) === JSON.stringify(two)) continue
    if (one?.name === two?.name) return `operator ${id} (${one?.name}) has other parents in a thread`
    return `here operator ${id} is ${one?.name ?? 'not there'}, in a thread ${two?.name ?? 'not there'}`
  }
  return 'in a thread it has other outputs or channels'
}

/** The first accumulator that is another one, in words. */
function differentAccumulators(own: readonly string[], other: readonly string[]): string | undefined {
  for (let id = 0; id < Math.max(own.length, other.length); id++) {
    if (own[id] !== other[id]) return `here accumulator ${id} is ${own[id] ?? 'not there'}, in a thread ${other[id] ?? 'not there'}`
  }
  return undefined
}

function errorOf({ name, message, stack, culprit }: CarriedError): object {
  const error = new Error(message)
  error.name = name
  if (stack !== undefined) error.stack = stack
  return culprit === undefined
    ? error
    : blame(error, uncarry(culprit.record)[0], culprit.operatorId === undefined ? {} : { operatorId: culprit.operatorId }, culprit.origin)
}

function resultOf(result: TaskResult): unknown {
  if ('value' in result) return result.value
  if ('elements' in result) return uncarry(result.elements)
  return result.buckets.map(({ keys, values }) => new PairColumns(uncarry(keys), uncarry(values)))
}
