// A pipeline's file as it is edited: text and version, what it loads as, and all that is wrong with it.
import { MillraceError } from '../../../src-shared/errors.ts'
import type { AgentConfiguration, LoadOptions } from '../../../src-shared/flume/agent-configuration.ts'
import { asFlume } from '../../../src-shared/flume/as-flume/as-flume.ts'
import { flumeDifferencesOf } from '../../../src-shared/flume/flume-differences-of.ts'
import { type LoadedConfiguration, loadConfiguration } from '../../../src-shared/flume/load-configuration.ts'
import { inFileOrder } from '../../../src-shared/flume/problem.ts'
import { type DecodedProperties, decodeProperties, encodeProperties } from '../../../src-shared/flume/properties-bytes.ts'
import { withFilterCommands } from '../../agent/configuration/filter-command.ts'
import { creationProblems } from '../../agent/creation-problems.ts'
import type { Clock } from '../../clock.ts'
import type { Registry } from '../../component/registry.ts'
import { pipelineCommands } from '../trust/pipeline-commands.ts'
import type { Runnable } from '../trust/trust.ts'
import { readTextFile, replaceTextFile, stampOf } from './text-file.ts'

export interface PipelineFileDeps {
  readonly clock: Clock
  readonly registry: Registry
  readonly env: Readonly<Record<string, string | undefined>>
}

/** What can run of a file, and which version of it that is: it may be saved anew before they run. */
export interface RunnableAgents {
  readonly agents: readonly AgentConfiguration[]
  readonly version: string
}

export class PipelineFile {
  readonly path: string
  readonly #deps: PipelineFileDeps
  #decoded: DecodedProperties = { text: '', encoding: 'utf-8', byteOrderMark: false }
  #version = ''
  #stamp = ''
  #loaded: LoadedConfiguration = { agents: [], problems: [] }

  constructor(path: string, deps: PipelineFileDeps) {
    this.path = path
    this.#deps = deps
  }

  get text(): string {
    return this.#decoded.text
  }

  get version(): string {
    return this.#version
  }

  get loaded(): LoadedConfiguration {
    return this.#loaded
  }

  /** The commands that it would run, as the file is now. */
  get commands(): readonly Runnable[] {
    return pipelineCommands(this.#loaded.agents, this.#deps.registry)
  }

  /** Reads it; true when it is another text than before. Rejects with a sentence when it cannot be read; what was loaded before stays. */
  async read(): Promise<boolean> {
    this.#stamp = await stampOf(this.path)
    const { bytes, version } = await readTextFile(this.path)
    if (version === this.#version) return false
    this.#version = version
    this.#decoded = decodeProperties(bytes)
    this.#loaded = this.check(this.#decoded.text)
    return true
  }

  /** Reads it again when it has changed on disk. */
  async refresh(): Promise<boolean> {
    return (await stampOf(this.path)) !== this.#stamp && (await this.read())
  }

  /** CONFLICT when the file is not what `baseVersion` was. */
  async save(text: string, baseVersion: string): Promise<void> {
    this.#version = await replaceTextFile(this.path, encodeProperties(text, this.#decoded), baseVersion)
    this.#stamp = await stampOf(this.path)
    this.#decoded = { ...this.#decoded, text }
    this.#loaded = this.check(text)
  }

  /**
   * What a text would load as, and, as notes, where a real Flume would do otherwise. Runs nothing: values that an external filter would give
   * stay as they are written.
   */
  check(text: string): LoadedConfiguration {
    const loaded = loadConfiguration(text, this.#loadOptions)
    const bytes = encodeProperties(text, this.#decoded)
    const notes = loaded.agents.flatMap((agent) => {
      const verdict = asFlume(bytes, { agent: agent.name, ...this.#loadOptions, runFilterCommand: () => undefined })
      return flumeDifferencesOf(agent, verdict, this.path, loaded.problems)
    })
    const { registry, clock } = this.#deps
    const notMade = loaded.agents.flatMap((agent) => creationProblems(agent, { file: this.path, registry, clock }))
    return { ...loaded, problems: inFileOrder([...loaded.problems, ...notMade, ...notes]) }
  }

  /** The agents of the file as it was read last, with what its filters answer. BAD_CONFIGURATION when none could run. */
  async runnable(): Promise<RunnableAgents> {
    const version = this.#version
    const { text } = this.#decoded
    // What filters answer may be secret: it goes to the components and is not kept with the document.
    const { agents, problems } = await withFilterCommands((runFilterCommand) =>
      loadConfiguration(text, { ...this.#loadOptions, runFilterCommand }),
    )
    if (agents.length > 0) return { agents, version }
    const first = problems.find((problem) => problem.severity === 'error')
    throw new MillraceError('BAD_CONFIGURATION', first?.message ?? `${this.path} has no agent that could run.`)
  }

  get #loadOptions(): LoadOptions & { readonly now: Date } {
    const { registry, env, clock } = this.#deps
    return { file: this.path, env, systemProperties: {}, catalog: registry.definitions, now: new Date(clock.now()) }
  }
}
