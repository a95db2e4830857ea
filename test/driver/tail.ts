// The files of a taildir source for tests: with fake identities and looks where a test gives them.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { FileRules } from '../../src-main/agent/platform/file-rules.ts'
import { FileGroup, type Look } from '../../src-main/agent/source/taildir/file-groups.ts'
import { PositionStore, type StoredPosition } from '../../src-main/agent/source/taildir/position-store.ts'
import { TailedFiles } from '../../src-main/agent/source/taildir/tailed-files.ts'
import { ManualClock } from '../../src-main/clock.ts'
import { silentLogger } from '../../src-main/log.ts'
import { bodyAt } from '../../src-shared/event/event-batch.ts'
import { componentContext } from './component-context.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** taildir without its source: what it reads, and its positions over restarts. */
export class Tail {
  readonly folder = temporaryFolder()
  readonly in = join(this.folder, 'in')
  readonly clock = new ManualClock()
  readonly #provider: { readonly rules: FileRules; readonly look: Look }
  #files: TailedFiles | undefined

  constructor(given: { readonly rules: FileRules; readonly look: Look }) {
    this.#provider = given
    mkdirSync(this.in)
  }

  #positions(): PositionStore {
    return new PositionStore(join(this.folder, 'positions.json'), join(this.folder, '.positions.json.journal'), silentLogger, () => {})
  }

  start(stored: readonly StoredPosition[] = this.#positions().load()): void {
    const context = componentContext()
    this.#files = new TailedFiles({
      ...this.#provider,
      component: 'r1',
      groups: [new FileGroup('g', join(this.in, '.*'), {})],
      stored,
      skipToEnd: false,
      useCache: false,
      pathHeader: undefined,
      maxLineBytes: 1 << 20,
      multiLine: undefined,
      departs: () => {},
      clock: this.clock,
      log: silentLogger,
      counters: context.counters,
      status: context.status,
    })
  }

  /** Looks and reads everything that is there. */
  async read(): Promise<string[]> {
    const files = this.#files!
    await files.update()
    const lines: string[] = []
    for (const file of files.all()) {
      if (!(await files.ready(file))) continue
      for (let read = await file.read(1000); read !== undefined; read = await file.read(1000)) {
        for (let row = 0; row < read.batch.count; row++) lines.push(Buffer.from(bodyAt(read.batch, row)).toString())
        file.committed(read)
      }
    }
    return lines
  }

  /** Writes down where it stands, as from time to time. */
  async save(): Promise<void> {
    await this.#positions().save(() => this.#files!.stored())
  }

  async stop(): Promise<void> {
    await this.save()
    await this.#files!.close()
  }

  path(name: string): string {
    return join(this.in, name)
  }
}
