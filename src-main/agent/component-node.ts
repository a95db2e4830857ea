// One source, channel or sink of a running agent, seen from outside: state, status sentence, counters; and the context it was given.
import { MillraceError, messageOf } from '../../src-shared/errors.ts'
import { difference } from '../../src-shared/flume/differences.ts'
import type { Clock } from '../clock.ts'
import type { ComponentContext, ComponentTrouble } from '../component/context.ts'
import type { Logger } from '../log.ts'
import type { ComponentSnapshot, ComponentStatus } from './agent-snapshot.ts'
import type { Channel } from './channel/channel.ts'
import { ComponentCounters, type MonitoredKind } from './instrumentation/component-counters.ts'
import { type LifecycleAware, type LifecycleState, Supervisee } from './lifecycle/lifecycle-supervisor.ts'

export interface NodeOptions {
  readonly kind: MonitoredKind
  readonly agentName: string
  readonly name: string
  readonly type: string
  /** `a1.sources.r1`. */
  readonly path: string
  readonly channels: readonly string[]
  readonly inMetrics: boolean
  readonly clock: Clock
  readonly log: Logger
  readonly workDir: string
  /** Called whenever state or status has changed. */
  readonly onChange: () => void
}

/** Errors outrank what a component says of itself: a failed start first, then a failing loop, then its own sentence. */
type StatusOrigin = 'start' | 'loop' | 'component' | 'deadLetters'
const ranking: readonly StatusOrigin[] = ['start', 'loop', 'component']

export class ComponentNode {
  readonly options: NodeOptions
  readonly counters: ComponentCounters
  readonly stopping = new AbortController()
  state: LifecycleState = 'IDLE'
  /** What is wrong with it, and it can do without: sentences that its making adds. */
  readonly remarks: string[] = []
  /** Why it could not be created. */
  failure: string | undefined
  /** Set on channels. */
  channel: Channel | undefined
  #supervisee: Supervisee | undefined
  readonly #statuses = new Map<StatusOrigin, ComponentStatus>()
  #deadLetterFile: string | undefined
  readonly #departures = new Set<string>()

  constructor(options: NodeOptions) {
    this.options = options
    this.counters = new ComponentCounters(options.kind, options.clock)
  }

  /** What the component is created with. */
  context(): ComponentContext {
    const { name, agentName, clock, log, workDir, path } = this.options
    return {
      name,
      agentName,
      clock,
      log: log.child({ component: path }),
      counters: this.counters,
      signal: this.stopping.signal,
      workDir,
      status: (sentence, trouble) => this.#say('component', sentence, trouble),
      departs: (rule) => this.departs(rule),
    }
  }

  supervise(component: LifecycleAware): void {
    const { path, clock, log } = this.options
    this.#supervisee = new Supervisee({
      path,
      component: {
        start: async () => {
          this.counters.starting()
          await component.start()
          this.counters.started()
        },
        stop: () => component.stop(),
      },
      clock,
      log: log.child({ component: path }),
      onState: (state, error) => this.#enter(state, error),
    })
  }

  /** Shows why the component cannot even be created; it takes no part. */
  fail(error: unknown): void {
    this.state = 'ERROR'
    this.failure = messageOf(error)
    this.#say('start', `${this.options.path} was left out: ${this.failure}`, { severity: 'error' })
  }

  /** What its loop throws at the moment; undefined when it works again. */
  loopTrouble(error: unknown): void {
    if (error === undefined) this.#unsay('loop')
    else {
      const full = error instanceof MillraceError && error.code === 'CHANNEL_FULL'
      this.#say('loop', messageOf(error), { severity: full ? 'warning' : 'error', retrying: true })
    }
  }

  /** What the component said of something that is not its own any more. */
  overcame(): void {
    this.#unsay('component')
  }

  /** Events that lie set aside: said as long as the component has no other trouble. Undefined: none any more. `file`: where they lie. */
  deadLetters(sentence: string | undefined, hint?: string, file?: string): void {
    this.#deadLetterFile = sentence === undefined ? undefined : file
    if (sentence === undefined) this.#unsay('deadLetters')
    else this.#say('deadLetters', sentence, { severity: 'warning', ...(hint !== undefined && { hint }) })
  }

  departs(rule: string): void {
    if (this.#departures.has(rule)) return
    this.#departures.add(rule)
    const { title, original } = difference(rule)
    this.options.log.child({ component: this.options.path }).info(`${title}. Apache Flume: ${original}`, { rule })
  }

  async start(): Promise<void> {
    await this.#supervisee?.start()
  }

  async stop(): Promise<void> {
    this.stopping.abort()
    await this.#supervisee?.stop()
    this.counters.stopped()
  }

  snapshot(): ComponentSnapshot {
    const { kind, name, type, channels, inMetrics } = this.options
    const said = ranking.map((origin) => this.#statuses.get(origin)).find((each) => each !== undefined)
    const status = said === undefined || said.severity === 'info' ? (this.#statuses.get('deadLetters') ?? said) : said
    return {
      kind,
      name,
      type,
      state: this.state,
      ...(status && { status }),
      ...(this.#deadLetterFile !== undefined && { deadLetterFile: this.#deadLetterFile }),
      channels,
      counters: this.counters.values(),
      drops: this.counters.drops(),
      startTime: this.counters.startTime,
      stopTime: this.counters.stopTime,
      inMetrics,
      ...(this.channel && { gauges: this.channel.gauges() }),
    }
  }

  #enter(state: LifecycleState, error: Error | undefined): void {
    this.state = state
    if (error !== undefined) this.#say('start', messageOf(error), { severity: 'error', hint: 'Tried again every 3 s.' })
    else this.#unsay('start')
    this.options.onChange()
  }

  #say(origin: StatusOrigin, sentence: string, trouble: ComponentTrouble | undefined): void {
    const before = this.#statuses.get(origin)
    const { severity = 'info', hint, retrying = severity === 'error' } = trouble ?? {}
    if (before?.sentence === sentence && before.severity === severity) return
    this.#statuses.set(origin, { sentence, severity, retrying, ...(hint !== undefined && { hint }), since: this.options.clock.now() })
    this.options.onChange()
  }

  #unsay(origin: StatusOrigin): void {
    if (this.#statuses.delete(origin)) this.options.onChange()
  }
}
