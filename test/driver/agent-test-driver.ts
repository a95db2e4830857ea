// AgentTestDriver: a whole agent from the text of its configuration, with the real registry and runners, on a clock that the test moves.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type AgentHandle, startAgent } from '../../src-main/agent/agent.ts'
import type { ComponentSnapshot } from '../../src-main/agent/agent-snapshot.ts'
import { ManualClock } from '../../src-main/clock.ts'
import { type AnyDefinition, defineChannel } from '../../src-main/component/define.ts'
import { builtInRegistry, type Registry, registryOf } from '../../src-main/component/registry.ts'
import { type LogLevel, loggerTo } from '../../src-main/log.ts'
import { agentNamed, type LoadedConfiguration, loadConfiguration } from '../../src-shared/flume/load-configuration.ts'
import { int } from '../../src-shared/spec/property.ts'
import { FakeChannel } from './fake-channel.ts'

export interface DriverOptions {
  readonly agent?: string
  /** Definitions beside the built-in ones. */
  readonly definitions?: readonly AnyDefinition[]
  /** A folder to go on in, from a driver before. */
  readonly folder?: string
}

export class AgentTestDriver {
  readonly folder: string
  readonly clock = new ManualClock(Date.UTC(2024, 0, 1))
  readonly log: { readonly level: LogLevel; readonly sentence: string }[] = []
  readonly fakeChannels = new Map<string, FakeChannel>()
  readonly registry: Registry
  readonly #name: string
  #agent: AgentHandle | undefined

  constructor(options: DriverOptions = {}) {
    this.folder = options.folder ?? mkdtempSync(join(tmpdir(), 'millrace-agent-'))
    this.#name = options.agent ?? 'a1'
    this.registry = registryOf([...builtInRegistry().definitions, this.#fake(), ...(options.definitions ?? [])])
  }

  get agent(): AgentHandle {
    if (this.#agent === undefined) throw new Error('The agent has not been started.')
    return this.#agent
  }

  /** `@DIR@` in the text stands for the driver's folder. */
  load(text: string): LoadedConfiguration {
    return loadConfiguration(text.replaceAll('@DIR@', this.folder), {
      file: 'test.properties',
      env: {},
      systemProperties: {},
      catalog: this.registry.definitions,
    })
  }

  /** Throws when the configuration has no such agent. */
  configuration(text: string) {
    const loaded = this.load(text)
    const agent = agentNamed(loaded, this.#name, 'test.properties')
    if ('message' in agent) throw new Error(`${agent.message} ${loaded.problems.map((problem) => problem.message).join(' ')}`)
    return agent
  }

  async start(text: string): Promise<void> {
    const { clock, registry } = this
    const log = loggerTo((level, sentence) => this.log.push({ level, sentence }))
    this.#agent = await startAgent(this.configuration(text), { clock, log, registry, workDir: join(this.folder, 'state') })
  }

  reload(text: string): Promise<void> {
    return this.settle(this.agent.reload(this.configuration(text)))
  }

  async stop(): Promise<void> {
    if (this.#agent !== undefined) await this.settle(this.#agent.stop())
    this.#agent = undefined
  }

  /** Stops and removes the folder. */
  async end(): Promise<void> {
    await this.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }

  component(name: string): ComponentSnapshot {
    const found = this.agent.snapshot().components.find((component) => component.name === name)
    if (found === undefined) throw new Error(`There is no component ${name}.`)
    return found
  }

  counter(component: string, name: string): number | string | undefined {
    return this.component(component).counters[name]
  }

  mkdir(name: string): string {
    const path = join(this.folder, name)
    mkdirSync(path, { recursive: true })
    return path
  }

  /** All that lies in a folder, files in name order, as text. */
  content(name: string): string {
    const folder = join(this.folder, name)
    return readdirSync(folder)
      .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
      .map((file) => readFileSync(join(folder, file), 'utf8'))
      .join('')
  }

  /** Moves time in steps of 50 ms until the condition holds. Rejects after 20 s of the machine's own time with what the agent says of itself. */
  async until(condition: () => boolean, what = condition.toString()): Promise<void> {
    const deadline = performance.now() + 20_000
    while (!condition()) {
      if (performance.now() > deadline) {
        const says = this.#agent
          ?.snapshot()
          .components.map((c) => `${c.name} ${c.state}: ${c.status?.sentence} ${JSON.stringify(c.counters)}`)
        throw new Error(`Waited in vain for ${what}.\n${says?.join('\n')}\n${this.log.map((line) => line.sentence).join('\n')}`)
      }
      await this.advance(50)
    }
  }

  /** Moves time on and lets what woke up do its work. */
  async advance(ms: number): Promise<void> {
    this.clock.advance(ms)
    await pause(1)
  }

  /** Moves time while something that waits for time goes on. */
  async settle<T>(work: Promise<T>): Promise<T> {
    let done = false
    const finished = work.finally(() => {
      done = true
    })
    finished.catch(() => {})
    while (!done) await this.advance(50)
    return finished
  }

  #fake(): AnyDefinition {
    return defineChannel({
      type: 'fake',
      summary: 'For tests.',
      properties: { capacity: int().optional(), transactionCapacity: int().optional() },
      examples: [],
      create: ({ capacity, transactionCapacity }, { name }) => {
        const channel = new FakeChannel(name, capacity, transactionCapacity)
        this.fakeChannels.set(name, channel)
        return channel
      },
    })
  }
}
