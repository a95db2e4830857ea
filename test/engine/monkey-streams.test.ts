// Random use of everything that a window can do with streams, several things at once, with programs that have troubles of every kind and
// with their processes killed. Whatever happens: no view ends, no answer is a defect, and the engine stops cleanly.
import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Action, Person, testMonkey } from '../driver/monkey.ts'
import { processTree } from '../driver/process-tree.ts'
import { firstValue } from '../driver/test-engine.ts'

testMonkey(
  { seeds: [1], steps: 50, mostPauseMs: 400, lasting: ['streams', 'channels', 'overview'], kinds: 11 },
  class extends Person {
    readonly #ids: string[] = []
    #pipeline = ''

    /** Starts a pipeline, opens every program, and every view. */
    override async begin(): Promise<void> {
      const { channels, pipelines, streams, workspace } = this.engine
      const log = join(this.folder, 'in.log')
      writeFileSync(log, 'a line\n'.repeat(100))
      this.#pipeline = (await pipelines.createFromLog({ path: log })).id
      await pipelines.start({ id: this.#pipeline })
      for (const [name, text] of Object.entries(programs)) {
        const path = join(this.folder, `${name}.ts`)
        writeFileSync(path, text)
        this.#ids.push((await streams.open({ path })).id)
      }
      this.monkey.view('streams', () => streams.list())
      this.monkey.view('channels', () => channels.list())
      this.monkey.view('overview', () => workspace.overview())
      this.monkey.view('problems', () => workspace.problems())
      for (const id of this.#ids) this.#look(id)
    }

    override async end(): Promise<void> {
      for (const id of this.#ids) await this.monkey.tried('stop', () => this.engine.streams.stop({ id }))
    }

    override actions(): Action[] {
      const { channels, pipelines, streams, workspace } = this.engine
      const random = this.random
      const id = random.pick(this.#ids)
      const start = async (): Promise<void> => {
        const { asks } = await streams.start({ id })
        if (asks.length > 0) await streams.start({ id, approve: asks.map(({ digest }) => digest) })
      }
      return [
        ['start', start],
        ['start', start],
        ['start', start],
        ['stop', () => streams.stop({ id })],
        ['stop', () => streams.stop({ id })],
        ['save', () => this.#save(id)],
        ['save', () => this.#save(id)],
        ['check text', () => streams.checkProgram({ id, text: random.pick(Object.values(programs)) })],
        ['replay', () => this.#replay(id)],
        ['replay', () => this.#replay(id)],
        ['batch', () => this.#batch(id)],
        [
          'rest',
          () =>
            streams.rest({
              path: `applications/${random.pick([id, 'none'])}/streaming/${random.pick(['statistics', 'batches', 'x'])}`,
              query: '',
            }),
        ],
        ['close and open', () => this.#reopen(id)],
        ['pipeline', () => (random.chance(0.5) ? pipelines.stop({ id: this.#pipeline }) : pipelines.start({ id: this.#pipeline }))],
        ['release', () => channels.release({ id: `${this.#pipeline}/a1.channels.c1`, consumer: id })],
        ['skip', () => channels.skipToNow({ id: `${this.#pipeline}/a1.channels.c1`, consumer: id })],
        ['forget', () => channels.forgetHistory({ id: `${this.#pipeline}/a1.channels.c1` })],
        ['metrics', () => workspace.metrics()],
        ['diagnostics', () => workspace.diagnostics()],
        ['lines', async () => appendFileSync(join(this.folder, 'in.log'), 'a further line\n'.repeat(1 + random.below(2000)))],
        ['change on disk', async () => writeFileSync(join(this.folder, `${id}.ts`), random.pick(Object.values(programs)))],
        ['kill', async () => this.#kill()],
        ...this.spoil(join(this.workspace, 'state'), /channels/),
      ]
    }

    async #save(id: string): Promise<void> {
      const document = await firstValue(this.engine.streams.program({ id }))
      const text = this.random.pick([...Object.values(programs), document.text, ''])
      await this.engine.streams.saveProgram({ id, text, baseVersion: document.version, restart: this.random.chance(0.7) })
    }

    async #batchTime(id: string): Promise<number> {
      const { batches } = await firstValue(this.engine.streams.batches({ id, limit: 20 }))
      return batches.length === 0 ? 1000 : this.random.pick(batches).batchTime
    }

    async #batch(id: string): Promise<void> {
      await this.engine.streams.batch({ id, batchTime: await this.#batchTime(id) })
    }

    async #replay(id: string): Promise<void> {
      const text = this.random.chance(0.5) ? { text: this.random.pick(Object.values(programs)) } : {}
      await this.engine.streams.replay({ id, batchTime: await this.#batchTime(id), ...text })
    }

    async #reopen(id: string): Promise<void> {
      await this.engine.streams.close({ id })
      await this.engine.streams.open({ path: join(this.folder, `${id}.ts`) })
      this.#look(id)
    }

    /** One of the processes that the engine started. */
    #kill(): void {
      const started = processTree(process.pid).slice(1)
      if (started.length > 0) process.kill(this.random.pick(started), 'SIGKILL')
    }

    #look(id: string): void {
      const { streams } = this.engine
      this.monkey.view(`batches ${id}`, () => streams.batches({ id, limit: 50 }))
      this.monkey.view(`program ${id}`, () => streams.program({ id }))
      this.monkey.view(`output ${id}`, () => streams.output({ id, after: 0 }))
    }
  },
)

const program = (interval: string, body: string): string => `import { ${interval.split('(')[0]}, StreamingContext } from 'millrace'
const ssc = new StreamingContext({ appName: 'monkey', batchDuration: ${interval} })
const lines = ssc.channelStream('c1').text()
${body}
ssc.start()
await ssc.awaitTermination()
`

/** Programs by name, each with a trouble of its own. */
const programs: Readonly<Record<string, string>> = {
  sound: program('milliseconds(200)', 'lines.count().print()'),
  state: program(
    'milliseconds(300)',
    'lines.map((line): [string, number] => [line, 1]).updateStateByKey((values: number[], state?: number) => (state ?? 0) + values.length).print()',
  ),
  throws: program(
    'milliseconds(300)',
    "lines.map((line) => { if (line.startsWith('a further')) throw new Error('a line that it does not like'); return line }).print()",
  ),
  loops: program('milliseconds(300)', 'lines.foreachRDD(() => { for (;;); })'),
  exits: program('milliseconds(300)', 'lines.foreachRDD(() => process.exit(3))'),
  broken: 'const x = (\n',
  idle: program('seconds(1)', ''),
  nowhere: program('seconds(1)', "ssc.channelStream('nowhere').text().print()"),
  chatters: program('milliseconds(100)', "lines.foreachRDD(() => console.log('x'.repeat(5000)))"),
  empty: '',
}
