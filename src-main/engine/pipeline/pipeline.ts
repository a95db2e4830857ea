// One pipeline: its file, the agents that run from it, and what a window is told of both.
import { basename, extname, join } from 'node:path'
import type {
  ComponentSnapshot,
  ComponentState,
  PipelineDocument,
  PipelineSnapshot,
  PipelineSummary,
  RunState,
} from '../../../src-shared/contract/pipelines.ts'
import { MillraceError, messageOf } from '../../../src-shared/errors.ts'
import type { AgentConfiguration } from '../../../src-shared/flume/agent-configuration.ts'
import type { LoadedConfiguration } from '../../../src-shared/flume/load-configuration.ts'
import { oneAtATime } from '../../../src-shared/one-at-a-time.ts'
import { type AgentHandle, startAgent } from '../../agent/agent.ts'
import type { Logger } from '../../log.ts'
import { Changes } from '../live.ts'
import type { Runnable } from '../trust/trust.ts'
import { PipelineFile, type PipelineFileDeps, type RunnableAgents } from './pipeline-file.ts'
import { type GraphStream, type Positions, pipelineGraph, problemCount } from './pipeline-graph.ts'
import { PipelineMeters, type StreamRuns } from './pipeline-meters.ts'

export interface PipelineDeps extends PipelineFileDeps {
  readonly log: Logger
  /** The pipeline's own folder in the workspace; each agent has one of its name in it. */
  readonly stateFolder: string
  readonly streamRuns: StreamRuns
  /** Streams that read this pipeline's channels. */
  readonly streams: () => readonly GraphStream[]
}

export class Pipeline {
  readonly id: string
  /** Counts changes of the document (text, problems, layout). */
  readonly documentChanges = new Changes()
  /** Counts changes of state. */
  readonly stateChanges = new Changes()
  readonly meters: PipelineMeters
  readonly #deps: PipelineDeps
  readonly #file: PipelineFile
  #positions: Positions
  #agents: AgentHandle[] = []
  #runningVersion: string | undefined
  #state: RunState = 'stopped'
  #sentence = 'Stopped.'
  #since: number
  /** Start and stop never overlap. */
  readonly #exclusively = oneAtATime()

  constructor(id: string, file: string, positions: Positions, deps: PipelineDeps) {
    this.id = id
    this.#file = new PipelineFile(file, deps)
    this.#positions = positions
    this.#deps = deps
    this.#since = deps.clock.now()
    this.meters = new PipelineMeters(deps.clock, id)
  }

  get state(): RunState {
    return this.#state
  }

  get agents(): readonly AgentHandle[] {
    return this.#agents
  }

  get file(): string {
    return this.#file.path
  }

  get loaded(): LoadedConfiguration {
    return this.#file.loaded
  }

  /** The commands that it would run, as the file is now. */
  get commands(): readonly Runnable[] {
    return this.#file.commands
  }

  get positions(): Positions {
    return this.#positions
  }

  get name(): string {
    return basename(this.file, extname(this.file))
  }

  agentFolder(agent: string): string {
    return join(this.#deps.stateFolder, agent)
  }

  /** Reads the file. Rejects with a sentence when it cannot be read; what was loaded before stays. */
  async read(): Promise<void> {
    if (await this.#file.read()) this.#changedDocument()
  }

  /** Reads the file again when it has changed on disk. */
  async refresh(): Promise<void> {
    if (await this.#file.refresh()) this.#changedDocument()
  }

  check(text: string): LoadedConfiguration {
    return this.#file.check(text)
  }

  graphOf(loaded: LoadedConfiguration): PipelineDocument['graph'] {
    return pipelineGraph(loaded, this.#positions, this.#deps.streams())
  }

  async save(text: string, baseVersion: string): Promise<PipelineDocument> {
    await this.#file.save(text, baseVersion)
    this.#changedDocument()
    return this.document()
  }

  moveNodes(positions: Positions): void {
    this.#positions = { ...this.#positions, ...positions }
    this.#changedDocument()
  }

  document(): PipelineDocument {
    const { text, version, loaded } = this.#file
    return {
      id: this.id,
      file: this.file,
      text,
      version,
      problems: loaded.problems,
      graph: this.graphOf(loaded),
      runningOlder: this.#runningVersion !== undefined && this.#runningVersion !== version,
    }
  }

  summary(): PipelineSummary {
    const { components, sentence } = this.snapshot()
    const running = new Map(components.map((component) => [component.id, component.state]))
    return {
      id: this.id,
      name: this.name,
      file: this.file,
      agents: this.loaded.agents.map((agent) => agent.name),
      state: this.#state,
      sentence,
      since: this.#since,
      problems: problemCount(this.loaded.problems),
      components: this.graphOf(this.loaded).nodes.map(({ id, kind, name, type }) => ({
        id,
        kind,
        name,
        type,
        state: running.get(id) ?? ('stopped' satisfies ComponentState),
      })),
    }
  }

  snapshot(): PipelineSnapshot {
    const parts = [
      ...this.#agents.map((agent) => this.meters.snapshot(agent, this.#deps.streamRuns)),
      this.meters.streams(this.#deps.streams()),
    ]
    const components = parts.flatMap((part) => part.components)
    return {
      id: this.id,
      at: this.#deps.clock.now(),
      state: this.#state,
      sentence: this.#state === 'running' ? runningSentence(components, this.#sentence) : this.#sentence,
      components,
      wires: parts.flatMap((part) => part.wires),
    }
  }

  /**
   * Starts every agent of the file, unless `mayRun` throws for the commands that the file has now. Rejects, with the first error, when there
   * is no agent that could run.
   */
  start(mayRun: (commands: readonly Runnable[]) => void): Promise<void> {
    return this.#exclusively(async () => {
      if (this.#state === 'running') return
      this.#enter('starting', 'Starting.')
      try {
        const { agents, version } = await this.#runnable(mayRun)
        for (const configuration of agents) this.#agents.push(await this.#startAgent(configuration))
        this.#runs(version)
      } catch (error) {
        await this.#stopAgents()
        this.#enter('failed', messageOf(error))
        throw error
      }
    })
  }

  /**
   * Makes the agents that run follow the file as it is now: those whose configuration changed are reloaded, new ones started, others
   * stopped. Rejects, and changes nothing, when it does not run, when `mayRun` throws, or when the file has no agent that could run (rule
   * reload-keeps-old).
   */
  apply(mayRun: (commands: readonly Runnable[]) => void): Promise<void> {
    return this.#exclusively(async () => {
      if (this.#state !== 'running') throw new MillraceError('BAD_ARGUMENT', `The pipeline ${this.name} does not run; start it.`)
      const { agents: wanted, version } = await this.#runnable(mayRun)
      // Whatever fails on the way: the list is of the agents that run, so that a stop finds them all.
      for (const agent of this.#agents.filter(({ name }) => !wanted.some((each) => each.name === name))) {
        await agent.stop()
        this.#agents = this.#agents.filter((each) => each !== agent)
      }
      for (const configuration of wanted) {
        const running = this.#agents.find(({ name }) => name === configuration.name)
        if (running === undefined) this.#agents.push(await this.#startAgent(configuration))
        else if (!sameSettings(running.configuration, configuration)) await running.reload(configuration)
      }
      this.#agents = wanted.map(({ name }) => this.#agents.find((agent) => agent.name === name)!)
      this.#runs(version)
    })
  }

  stop(): Promise<void> {
    return this.#exclusively(async () => {
      if (this.#state === 'stopped') return
      this.#enter('stopping', 'Stopping.')
      await this.#stopAgents()
      this.#enter('stopped', 'Stopped.')
      this.#changedDocument()
    })
  }

  /** The agents of the file as it is now. */
  async #runnable(mayRun: (commands: readonly Runnable[]) => void): Promise<RunnableAgents> {
    await this.read()
    mayRun(this.commands)
    return this.#file.runnable()
  }

  async #startAgent(configuration: AgentConfiguration): Promise<AgentHandle> {
    const { clock, log, registry } = this.#deps
    const handle = await startAgent(configuration, { clock, log, registry, workDir: this.agentFolder(configuration.name) })
    handle.onChange(() => this.stateChanges.changed())
    return handle
  }

  #runs(version: string): void {
    this.#runningVersion = version
    this.#enter('running', this.#agents.length === 1 ? 'Running.' : `${this.#agents.length} agents run.`)
    this.#changedDocument()
  }

  async #stopAgents(): Promise<void> {
    for (const agent of this.#agents) await agent.stop()
    this.#agents = []
    this.#runningVersion = undefined
  }

  #enter(state: RunState, sentence: string): void {
    this.#state = state
    this.#sentence = sentence
    this.#since = this.#deps.clock.now()
    this.stateChanges.changed()
  }

  #changedDocument(): void {
    this.documentChanges.changed()
    this.stateChanges.changed()
  }
}

/** `Failed: k1. Retrying: k2, r1.`: what does not simply run; `well` when all does. */
function runningSentence(components: readonly ComponentSnapshot[], well: string): string {
  const words = { failed: 'Failed', full: 'Full', retrying: 'Retrying' } as const
  const parts = (['failed', 'full', 'retrying'] as const).flatMap((state) => {
    const names = components.filter((component) => component.kind !== 'stream' && component.state === state).map(({ name }) => name)
    return names.length === 0 ? [] : [`${words[state]}: ${names.join(', ')}.`]
  })
  return parts.length === 0 ? well : parts.join(' ')
}

/** Whatever line it stands in. */
function sameSettings(a: AgentConfiguration, b: AgentConfiguration): boolean {
  const settings = (configuration: AgentConfiguration): string =>
    JSON.stringify(configuration, (key, value: unknown) => (key === 'lines' ? undefined : value))
  return settings(a) === settings(b)
}
