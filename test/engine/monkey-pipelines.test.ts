// Random use of everything that a window can do with pipelines and channels, several things at once, on pipelines that have troubles of
// every kind, with every live view open. Whatever happens: no view ends, no answer is a defect, and the engine stops cleanly.
import { appendFileSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Action, Person, testMonkey } from '../driver/monkey.ts'
import { firstValue } from '../driver/test-engine.ts'

testMonkey(
  { seeds: [1, 2], steps: 150, mostPauseMs: 30, lasting: ['pipelines', 'channels', 'overview'], kinds: 16 },
  class extends Person {
    readonly #ids: string[] = []
    #taps = 0

    /** Opens every pipeline, and every view. */
    override async begin(): Promise<void> {
      for (const [name, text] of Object.entries(troubled(this.folder))) {
        const path = join(this.folder, `${name}.properties`)
        writeFileSync(path, text)
        this.#ids.push((await this.engine.pipelines.open({ path })).id)
      }
      const { channels, pipelines, workspace, settings } = this.engine
      this.monkey.view('pipelines', () => pipelines.list())
      this.monkey.view('channels', () => channels.list())
      this.monkey.view('overview', () => workspace.overview())
      this.monkey.view('problems', () => workspace.problems())
      this.monkey.view('recent', () => workspace.recent())
      this.monkey.view('settings', () => settings.values())
      for (const id of this.#ids) this.#look(id)
    }

    override async end(): Promise<void> {
      for (const id of this.#ids) await this.monkey.tried('stop', () => this.engine.pipelines.stop({ id }))
    }

    override actions(): Action[] {
      const { channels, deadLetters, pipelines, settings, workspace } = this.engine
      const random = this.random
      const id = random.pick(this.#ids)
      const channel = `${id}/a1.channels.${random.pick(['c1', 'c1', 'c2', 'none'])}`
      const start = async (): Promise<void> => {
        const answer = await pipelines.start({ id })
        if (answer.asks.length > 0) await pipelines.start({ id, approve: answer.asks.map(({ digest }) => digest) })
      }
      return [
        ['start', start],
        ['start', start],
        ['start', start],
        ['stop', () => pipelines.stop({ id })],
        ['stop', () => pipelines.stop({ id })],
        ['apply', () => pipelines.apply({ id })],
        ['apply', () => pipelines.apply({ id })],
        ['save', () => this.#save(id)],
        ['save', () => this.#save(id)],
        ['close and open', () => this.#reopen(id)],
        ['check text', () => pipelines.check({ id, text: random.pick(Object.values(troubled(this.folder))) })],
        ['move', () => pipelines.moveNodes({ id, positions: { 'a1.sources.r1': { x: random.below(1000), y: random.below(1000) } } })],
        [
          'rates',
          () =>
            pipelines.rates({
              id,
              of: random.pick(['a1.channels.c1', 'a1.sources.r1->a1.channels.c1', 'none']),
              span: random.pick(['minute', 'hour', 'day'] as const),
            }),
        ],
        ['describe', () => channels.describe({ id: channel })],
        ['check', () => channels.check({ id: channel })],
        ['repair', () => channels.repair({ id: channel })],
        ['forget', () => channels.forgetHistory({ id: channel })],
        ['release', () => channels.release({ id: channel, consumer: random.pick(['sinks', 'nobody']) })],
        ['skip', () => channels.skipToNow({ id: channel, consumer: random.pick(['sinks', 'nobody']) })],
        ['dead letters', () => deadLetters.page({ id: `${id}/a1.sinks.k1`, from: random.below(3) })],
        ['metrics', () => workspace.metrics()],
        ['diagnostics', () => workspace.diagnostics()],
        ['list folder', () => workspace.listFolder({ path: random.pick([this.folder, '/nowhere', `${this.folder}/in.log`]) })],
        ['settings', () => settings.change({ timeZone: random.pick(['local', 'UTC'] as const) })],
        ['tap', () => this.#tap(id)],
        ['look', async () => this.#look(id)],
        ['lines', async () => appendFileSync(join(this.folder, 'in.log'), 'a further line\n'.repeat(1 + random.below(200)))],
        ...this.spoil(random.pick([this.workspace, this.folder]), /in\.log[^/]*$|\.properties$/),
        [
          'rotate',
          async () =>
            existsSync(join(this.folder, 'in.log')) &&
            renameSync(join(this.folder, 'in.log'), join(this.folder, `in.log.${random.below(3)}`)),
        ],
        [
          'change on disk',
          async () => writeFileSync(join(this.folder, `${id}.properties`), random.pick(Object.values(troubled(this.folder)))),
        ],
      ]
    }

    async #reopen(id: string): Promise<void> {
      await this.engine.pipelines.close({ id })
      await this.engine.pipelines.open({ path: join(this.folder, `${id}.properties`) })
      this.#look(id)
    }

    async #save(id: string): Promise<void> {
      const document = await firstValue(this.engine.pipelines.document({ id }))
      const text = this.random.pick([...Object.values(troubled(this.folder)), document.text, '', `${document.text}\n# more\n`])
      await this.engine.pipelines.save({ id, text, baseVersion: document.version })
    }

    #look(id: string): void {
      this.monkey.view(`pipeline ${id}`, () => this.engine.pipelines.watch({ id }))
      this.monkey.view(`document ${id}`, () => this.engine.pipelines.document({ id }))
    }

    async #tap(pipeline: string): Promise<void> {
      const { bulk } = this.connection.openTransfer(() => {})
      const wire = this.random.pick(['a1.sources.r1->a1.channels.c1', 'a1.channels.c1->a1.sinks.k1'])
      const open = () => this.engine.taps.open({ pipeline, wire, recent: 3, bulk })
      // One that cannot read its channel any more says so.
      this.monkey.view(`tap ${++this.#taps}`, open, ['IO', 'CHANNEL_DAMAGED'])
    }
  },
)

/** Pipelines by name, each with a trouble of its own. */
function troubled(folder: string): Record<string, string> {
  mkdirSync(join(folder, 'out'), { recursive: true })
  appendFileSync(join(folder, 'in.log'), '')
  const agent = (source: string, channel: string, sink: string, more = ''): string => `a1.sources = r1
a1.channels = c1
a1.sinks = k1
${source.replace(/^/gm, 'a1.sources.r1.')}
a1.sources.r1.channels = c1
${channel.replace(/^/gm, 'a1.channels.c1.')}
${sink.replace(/^/gm, 'a1.sinks.k1.')}
a1.sinks.k1.channel = c1
${more}`
  const tail = `type = taildir\nfilegroups = g\nfilegroups.g = ${folder}/in.log`
  const seq = 'type = seq\nbatchSize = 10\ntotalEvents = 2000'
  const roll = `type = file_roll\nsink.directory = ${folder}/out`
  return {
    sound: agent(tail, 'type = sqlite', roll),
    shared: agent(seq, `type = file\ncheckpointDir = ${folder}/state\ndataDirs = ${folder}/data`, 'type = logger'),
    sharing: agent(seq, `type = file\ncheckpointDir = ${folder}/state\ndataDirs = ${folder}/data`, 'type = null'),
    full: agent(seq, 'type = memory\ncapacity = 100\ntransactionCapacity = 100', 'type = avro\nhostname = 127.0.0.1\nport = 1'),
    poison: agent(seq, 'type = sqlite\ncapacity = 500', 'type = http\nendpoint = http://127.0.0.1:1/\nmaxRetries = 1\nbackoff = 10'),
    nowhere: agent(tail, 'type = sqlite', 'type = file_roll\nsink.directory = /proc/nowhere'),
    sinkless: agent(seq, 'type = sqlite', 'type = no.such.Sink'),
    keyless: agent(
      seq,
      'type = sqlite\nencryption.activeKey = k\nencryption.keyProvider = env\nencryption.keyProvider.env = NO_SUCH_KEY',
      'type = null',
    ),
    command: agent('type = exec\ncommand = yes line', 'type = sqlite\ncapacity = 1000', 'type = null'),
    empty: '',
    garbage: 'this is = no agent\n\\u12 = ?\n[section]\n',
    two: `${agent(seq, 'type = memory', 'type = null')}\na1.channels = c1 c2\na1.channels.c2.type = sqlite\na1.sources.r1.channels = c1 c2\nb.sources = s\nb.channels = c\nb.sources.s.type = seq\nb.sources.s.channels = c\nb.channels.c.type = memory\n`,
  }
}
