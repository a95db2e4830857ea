// One of the two agents that run the same pipelines: its folders, its process, and what it leaves.
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Metrics, metricsAt } from '../../../interop/metrics.ts'
import type { Run } from '../../../interop/real-flume.ts'
import { collect, filesBelow } from '../../runner/collect.ts'
import { freePort, sendDatagrams, waitForUdp } from '../../runner/network.ts'
import type { Action, Pipeline } from './pipeline.ts'

export interface Product {
  readonly start: (configuration: string, root: string, metricsPort: number) => Run
  /** Whether this output says that all components have been started. */
  readonly isStarted: (output: string, sources: number) => boolean
}

/** What a pipeline left: events of each stage, and what is in its folder in the end. */
export type Left = Readonly<Record<string, string>>

/** Counters that count looks, tries and times; connections of file_roll are its files, and those of a source end at another time. */
const dependOnTime = /Time$|^EventTakeAttemptCount$|^EventPutAttemptCount$|^Batch|^Connection|^OpenConnection/

/** Names of components, but for the number of their pipeline. */
const named = '(?:[rscdekg]|k[a-d])'

export class Side {
  readonly root: string
  readonly #pipelines: readonly Pipeline[]
  readonly #ports: number[] = []
  readonly #product: Product
  readonly #events: string[][]
  /** How much of a file was there when the last stage ended. */
  readonly #seen = new Map<string, number>()
  #run: Run | undefined
  #metricsPort = 0
  #metrics: Metrics = {}
  log = ''

  constructor(root: string, pipelines: readonly Pipeline[], product: Product) {
    mkdirSync(root, { recursive: true })
    this.root = realpathSync(root)
    this.#pipelines = pipelines
    this.#product = product
    this.#events = pipelines.map(() => [])
  }

  async prepare(): Promise<void> {
    this.#metricsPort = await freePort()
    for (const [index, pipeline] of this.#pipelines.entries()) {
      this.#ports.push(await freePort())
      mkdirSync(this.#work(index), { recursive: true })
      mkdirSync(this.#out(index), { recursive: true })
      for (const folder of pipeline.folders) mkdirSync(join(this.#work(index), folder), { recursive: true })
      for (const line of pipeline.lines) {
        const folder = /@OUT@(\/[^/]*)?$/.exec(line)
        if (folder?.[1] !== undefined) mkdirSync(join(this.#out(index), folder[1]), { recursive: true })
      }
      for (const action of pipeline.before) await this.#do(index, action)
    }
    writeFileSync(join(this.root, 'agent.properties'), this.configuration())
  }

  configuration(): string {
    const all = (of: (pipeline: Pipeline) => readonly string[]): string =>
      this.#pipelines.flatMap((pipeline, index) => of(pipeline).map((name) => name.replaceAll('@N@', `${index}`))).join(' ')
    const heads = [
      `a1.sources = ${all(({ sources }) => sources)}`,
      `a1.channels = ${all(({ channels }) => channels)}`,
      `a1.sinks = ${all(({ sinks }) => sinks)}`,
      `a1.sinkgroups = ${all(({ sinkgroups = [] }) => sinkgroups)}`,
    ]
    const lines = this.#pipelines.flatMap((pipeline, index) => pipeline.lines.map((line) => `a1.${this.#filled(index, line)}`))
    return `${[...heads, ...lines].join('\n')}\n`
  }

  start(): void {
    this.#run = this.#product.start(join(this.root, 'agent.properties'), this.root, this.#metricsPort)
  }

  /** Until all sources are started: a virtual machine takes seconds, more on a busy machine. */
  async started(): Promise<void> {
    for (const end = Date.now() + 60_000; Date.now() < end; await sleep(200)) {
      const output = this.#run?.output() ?? ''
      if (this.#product.isStarted(output, this.#pipelines.length)) return
    }
  }

  async stop(): Promise<void> {
    const run = this.#run
    if (run === undefined) return
    this.#run = undefined
    run.process.kill('SIGTERM')
    const ended = await Promise.race([run.ended.then(() => true), sleep(30_000, false)])
    if (!ended) run.process.kill('SIGKILL')
    this.log += run.output()
  }

  async stage(number: number): Promise<void> {
    for (const [index, { stages }] of this.#pipelines.entries()) {
      for (const action of stages[number] ?? []) {
        await this.#do(index, action)
        // Times of change that tell files apart.
        await sleep(10)
      }
    }
  }

  /** Until nothing has come for so long. */
  async quiet(ms: number): Promise<void> {
    let last = ''
    let since = Date.now()
    const end = since + 60_000
    while (Date.now() - since < ms && Date.now() < end) {
      await sleep(200)
      const now = this.#sizes()
      if (now !== last) [last, since] = [now, Date.now()]
    }
  }

  /** Takes what came since the last call as a stage's events, and the counters as they are. */
  async endStage(): Promise<void> {
    this.#metrics = (await metricsAt(this.#metricsPort)) ?? {}
    for (const [index, { format, shows }] of this.#pipelines.entries()) {
      if (shows !== undefined) {
        this.#events[index]!.push(shows.names(this.#out(index)))
        continue
      }
      const how = { mode: 'lines', headers: true, ...(format && { format }) } as const
      const fresh = filesBelow(this.#out(index)).map((name) => {
        const path = join(this.#out(index), name)
        const all = collect(path, how, this.#paths(index)).toString('latin1')
        const seen = this.#seen.get(path) ?? 0
        this.#seen.set(path, all.length)
        return all.slice(seen)
      })
      this.#events[index]!.push(fresh.join(''))
    }
  }

  left(index: number): Left {
    const pipeline = this.#pipelines[index]!
    const events = this.#events[index]!.map((text, stage): [string, string] => [
      `events ${stage}`,
      ((pipeline.ordered && stage === 0) || pipeline.shows !== undefined ? text : text.split('\n').sort().join('\n')).replace(
        /=\/127\.0\.0\.1:\d+/g,
        '=/<sender>',
      ),
    ])
    const names = filesBelow(this.#out(index)).map((name) => name.replace(/\d{13,14}-/g, '<time>-'))
    return {
      ...Object.fromEntries(events),
      files: pipeline.kind === 'file_roll' ? [...new Set(names.map((name) => name.replace(/-\d+(?=$|\.)/, '-<n>')))].join('\n') : '',
      // What never ran is counted in one and left out by the other; batches over a hop depend on when it is there.
      counters: pipeline.kind !== 'hop' && events.some(([, text]) => text.trim() !== '') ? this.#counters(index, pipeline.kind) : '',
      ...(pipeline.shows && { contents: pipeline.shows.contents(this.#out(index)) }),
      ...(pipeline.byFolder === true && { folders: this.#folders(index) }),
      // Which sinks of a group worked.
      ...(pipeline.kind === 'group' && pipeline.ordered && { sinks: names.map((name) => dirname(name)).join(' ') }),
      ...(pipeline.comparesWork && { work: this.#listing(index), positions: this.#positions(index) }),
    }
  }

  rules(index: number): string[] {
    const own = new RegExp(`\\b${named}${index}\\b.*(?: rule=([a-z0-9-]+)| \\[([a-z0-9-]+)\\])$`)
    return [
      ...new Set(
        this.log.split('\n').flatMap((line) => {
          const found = own.exec(line)
          return found === null ? [] : (found[1] ?? found[2]!)
        }),
      ),
    ]
  }

  /** What the agent said of one pipeline. */
  said(index: number): string {
    const own = new RegExp(`\\b${named}${index}\\b|/${index}/`)
    return this.log
      .split('\n')
      .filter(
        (line) => own.test(line) && /WARN|ERROR|FATAL|warn|error/.test(line.slice(0, 200)) && !/Shutting down configuration/.test(line),
      )
      .map((line) => line.slice(0, 300))
      .slice(0, 6)
      .join('\n')
  }

  #folders(index: number): string {
    const folders = new Set(filesBelow(this.#out(index)).map((name) => dirname(name)))
    return [...folders]
      .sort()
      .map((folder) => {
        const all = collect(join(this.#out(index), folder), { mode: 'lines-sorted', headers: true }, {})
        return `${folder}:\n${all.toString('latin1')}`
      })
      .join('')
  }

  #counters(index: number, kind: string): string {
    const own = new RegExp(`^(SOURCE|CHANNEL|SINK)\\.${named}${index}$`)
    return Object.entries(this.#metrics)
      .filter(([component]) => own.test(component))
      .flatMap(([component, counters]) => Object.entries(counters).map(([name, value]) => [component, name, value]))
      .filter(([component, name]) => !dependOnTime.test(name!) && !(kind === 'group' && /^SINK/.test(component!)))
      .map((fields) => fields.join(' '))
      .sort()
      .join('\n')
  }

  #listing(index: number): string {
    return filesBelow(this.#work(index))
      .filter((name) => !/\.journal$|\.meta$/.test(name))
      .join('\n')
  }

  #positions(index: number): string {
    const path = join(this.#work(index), 'pos', 'position.json')
    if (!existsSync(path)) return ''
    const inodes = new Map(filesBelow(this.#work(index)).map((name) => [`${statSync(join(this.#work(index), name)).ino}`, name]))
    return readFileSync(path, 'utf8')
      .replaceAll(this.#work(index), '@WORK@')
      .replace(/"inode":(\d+)/g, (_, inode: string) => `"inode":${inodes.get(inode) ?? '?'}`)
      .replaceAll('},', '},\n')
  }

  #sizes(): string {
    return filesBelow(join(this.root, 'out'))
      .map((name) => `${name} ${statSync(join(this.root, 'out', name), { throwIfNoEntry: false })?.size ?? 0}`)
      .filter((file) => !file.endsWith(' 0'))
      .join('\n')
  }

  async #do(index: number, action: Action): Promise<void> {
    const at = (path: string): string => join(this.#work(index), path)
    switch (action.do) {
      case 'write': {
        mkdirSync(dirname(at(action.path)), { recursive: true })
        const temporary = join(this.root, 'temporary')
        writeFileSync(temporary, action.bytes)
        if (action.mtime !== undefined) utimesSync(temporary, action.mtime, action.mtime)
        renameSync(temporary, at(action.path))
        return
      }
      case 'append':
        if (existsSync(at(action.path))) appendFileSync(at(action.path), action.bytes)
        return
      case 'rename':
        if (existsSync(at(action.from))) renameSync(at(action.from), at(action.to))
        return
      case 'truncate':
        if (existsSync(at(action.path))) truncateSync(at(action.path), action.length)
        return
      case 'delete':
        rmSync(at(action.path), { force: true })
        return
      case 'text':
        mkdirSync(dirname(at(action.path)), { recursive: true })
        writeFileSync(at(action.path), this.#filled(index, action.text))
        return
      case 'position': {
        mkdirSync(dirname(at(action.path)), { recursive: true })
        const entries = action.entries.map(
          ({ of, pos, file }) => `{"inode":${statSync(at(of)).ino},"pos":${pos},"file":${JSON.stringify(this.#filled(index, file))}}`,
        )
        writeFileSync(at(action.path), `[${entries.join(',')}]`)
        return
      }
      case 'datagrams':
        await Promise.race([waitForUdp(this.#ports[index]!, () => undefined), sleep(10_000)])
        await sendDatagrams(this.#ports[index]!, [...action.datagrams])
    }
  }

  #filled(index: number, text: string): string {
    return text
      .replaceAll('@N@', `${index}`)
      .replaceAll('@WORK@', this.#work(index))
      .replaceAll('@OUT@', this.#out(index))
      .replaceAll('@PORT@', `${this.#ports[index]}`)
  }

  #work(index: number): string {
    return join(this.root, 'work', `${index}`)
  }

  #out(index: number): string {
    return join(this.root, 'out', `${index}`)
  }

  #paths(index: number): Record<string, string> {
    return { '@WORK@': this.#work(index), '@OUT@': this.#out(index) }
  }
}
