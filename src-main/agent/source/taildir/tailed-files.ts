// All files of a taildir source: which there are now, which of them are the ones that were there before, and what they are called.
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { messageOf } from '../../../../src-shared/errors.ts'
import type { EventBatch } from '../../../../src-shared/event/event-batch.ts'
import type { Clock } from '../../../clock.ts'
import type { ComponentContext, Counters } from '../../../component/context.ts'
import type { Logger } from '../../../log.ts'
import type { MultiLineRule } from '../../multiline/multi-line-rule.ts'
import type { FileRules } from '../../platform/file-rules.ts'
import { ChunkMemory } from './chunk-memory.ts'
import type { FileGroup, FoundFile, Look } from './file-groups.ts'
import { noFingerprint } from './fingerprint.ts'
import type { StoredPosition } from './position-store.ts'
import { TailFile } from './tail-file.ts'

export interface TailedFilesOptions {
  readonly rules: FileRules
  readonly component: string
  readonly groups: readonly FileGroup[]
  readonly look: Look
  readonly stored: readonly StoredPosition[]
  readonly skipToEnd: boolean
  readonly useCache: boolean
  readonly pathHeader: string | undefined
  readonly maxLineBytes: number
  readonly multiLine: MultiLineRule | undefined
  readonly clock: Clock
  readonly log: Logger
  readonly counters: Counters
  readonly status: ComponentContext['status']
  readonly departs: ComponentContext['departs']
}

/**
 * A file that no look finds is forgotten after so long. A look that comes while a rotation renames files may miss one: its directory was read
 * before, and its path looked at after. Forgotten at once, it would be read again from its beginning under its next name.
 */
const forgetAfterMs = 60_000

/** A position from before whose file has not been found yet; since when (monotonic) no look has found it though its directory is there. */
interface WaitingPosition {
  readonly entry: StoredPosition
  missingSince?: number | undefined
}

export class TailedFiles {
  readonly #options: TailedFilesOptions
  readonly #files = new Map<string, TailFile>()
  readonly #memory = new ChunkMemory()
  /** Positions from before whose files have not been found yet. */
  #waiting: readonly WaitingPosition[]
  /** Paths and directories that cannot be read, with the sentence that was logged for them. */
  readonly #troubles = new Map<string, string>()
  #order: readonly TailFile[] = []
  /** What the groups had at the last look, as the position file lists it: a file of two groups twice. */
  #listed: readonly TailFile[] = []
  #started = false
  #moved = true

  constructor(options: TailedFilesOptions) {
    this.#options = options
    this.#waiting = options.stored.map(({ missing: _, ...entry }) => ({ entry }))
  }

  /** In the order in which they are read: group by group, oldest first; then those that no group lists any more. */
  all(): readonly TailFile[] {
    return this.#order
  }

  /** Every known position, first those of the files that are listed, as Flume orders them. Those of files in a directory that is not there now (not mounted yet) are kept; those of files that are gone are missing. */
  stored(): StoredPosition[] {
    const now = this.#options.clock.monotonic()
    for (const one of this.#waiting) one.missingSince = existsSync(dirname(one.entry.path)) ? (one.missingSince ?? now) : undefined
    this.#waiting = this.#waiting.filter(({ missingSince = now }) => now - missingSince < forgetAfterMs)
    const waiting = this.#waiting.map(({ entry, missingSince }) =>
      missingSince === undefined ? entry : { ...entry, missing: true as const },
    )
    const unlisted = [...this.#files.values()].filter((file) => !file.listed)
    return [...[...this.#listed, ...unlisted].map((file) => file.stored), ...waiting]
  }

  /** Whether a position has moved since the last call. */
  takeMoved(): boolean {
    const moved = this.#moved
    this.#moved = false
    return moved
  }

  delivered(file: TailFile): void {
    this.#moved = true
    if (this.#troubles.size === 0) this.#options.status(`Reading ${file.path}`)
  }

  /** Looks at all directories. */
  async update(): Promise<void> {
    const { clock } = this.#options
    const now = clock.monotonic()
    for (const file of this.#files.values()) file.listed = false
    const order = new Set<TailFile>()
    const listed: TailFile[] = []
    for (const group of this.#options.groups) {
      for (const found of this.#find(group)) {
        const file = this.#files.get(found.id) ?? this.#add(found, group, now)
        listed.push(file)
        if (order.has(file)) continue
        this.#renamed(file, found.path)
        file.seen(found, now)
        order.add(file)
      }
    }
    for (const file of this.#files.values()) {
      if (file.listed) continue
      await file.lookThroughHandle(now)
      if (file.open) order.add(file)
      if (existsSync(dirname(file.path)) && this.#options.look(file.path)?.id !== file.id) {
        file.missingSince ??= now
        if (!file.open && now - file.missingSince >= forgetAfterMs) this.#files.delete(file.id)
      }
    }
    this.#order = [...order]
    this.#listed = listed
    this.#started = true
    if (order.size === 0 && this.#troubles.size === 0) {
      this.#options.status(`No file matches yet in ${this.#options.groups.map((group) => group.directory).join(', ')}`)
    }
  }

  /** Flume would read it again from its beginning. */
  #renamed(file: TailFile, path: string): void {
    if (file.position > 0 && !this.#options.rules.samePath(file.path, path)) this.#options.departs('taildir-rename')
  }

  /** After a kill: what the channel has already (ChannelProcessor.recentlyStored) is not read again. */
  async recover(stored: readonly EventBatch[]): Promise<void> {
    for (const batch of stored) {
      if (batch.origin?.sources[0]?.component !== this.#options.component) continue
      const file = this.#files.get(batch.origin.sources[0].fileId ?? '')
      if (file === undefined) continue
      try {
        if (await file.recover(batch)) this.#options.log.info(`${file.path}: the channel has everything up to byte ${file.position}.`)
      } catch (error) {
        this.#options.log.warn(`${file.path} could not be compared with the channel: ${messageOf(error)}`)
      }
    }
  }

  /** Whether something is there that update() has not seen: asked when watches have just been set. */
  haveChanged(): boolean {
    // Of a file with several names the first one counts, as in update().
    const seen = new Set<string>()
    for (const group of this.#options.groups) {
      for (const found of this.#find(group)) {
        if (seen.has(found.id)) continue
        seen.add(found.id)
        const file = this.#files.get(found.id)
        if (file === undefined || file.size !== found.size || file.mtimeMs !== found.mtimeMs || file.path !== found.path) return true
      }
    }
    return false
  }

  /** Opens the file and checks that it is the one that was read before. False when it cannot be opened. */
  async ready(file: TailFile): Promise<boolean> {
    if (file.atRest) return true
    try {
      await file.check()
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
      if (this.#trouble(file.path, `${file.path} cannot be opened: ${reason(error)}`)) this.#options.counters.add('EventReadFail', 1)
      return false
    }
    this.#recovered(file.path)
    return true
  }

  async close(): Promise<void> {
    await Promise.all([...this.#files.values()].map((file) => file.close()))
  }

  #find(group: FileGroup): FoundFile[] {
    const { look, clock, useCache } = this.#options
    try {
      const found = group.find(look, clock.now(), useCache)
      if (found === undefined) {
        this.#options.departs('taildir-missing-directory')
        this.#trouble(group.directory, `The directory ${group.directory} does not exist. It is looked for again and again.`)
      } else this.#recovered(group.directory)
      return found ?? []
    } catch (error) {
      this.#trouble(group.directory, `The directory ${group.directory} cannot be read: ${reason(error)}`)
      return []
    }
  }

  #add(found: FoundFile, group: FileGroup, now: number): TailFile {
    const { skipToEnd, pathHeader, maxLineBytes, multiLine, component, log, rules } = this.#options
    const known = this.#recall(found)
    let position = !this.#started && skipToEnd ? found.size : 0
    if (known !== undefined) {
      position = known.position
      if (!rules.samePath(known.path, found.path)) {
        this.#options.departs('taildir-rename')
        log.info(`${known.path} is called ${found.path} now; it is read on from byte ${position}.`)
      }
    }
    const file = new TailFile(found, position, known?.fingerprint ?? noFingerprint, now, {
      rules,
      component,
      headers: group.headers,
      pathHeader,
      maxLineBytes,
      memory: this.#memory,
      multiLine,
      onOther: ({ sentence, replaced }) => {
        if (replaced) this.#options.departs('taildir-replaced')
        log.warn(sentence)
        this.#options.status(sentence, { severity: 'warning' })
      },
    })
    this.#files.set(found.id, file)
    this.#moved = true
    return file
  }

  /**
   * What was known of the file before the start. An inode number alone proves nothing: it must come with a fingerprint, which is checked
   * before the first read, or, from a position file of Flume's, with the same path.
   */
  #recall(found: FoundFile): StoredPosition | undefined {
    const candidates = this.#waiting.flatMap(({ entry }) => (entry.inode === found.inode ? [entry] : []))
    const { samePath } = this.#options.rules
    // Without inodes every file has the same number, 0: it tells nothing.
    const numbered = found.inode === '0' ? undefined : candidates[0]
    const known =
      candidates.find((entry) => entry.id === found.id) ?? candidates.find((entry) => samePath(entry.path, found.path)) ?? numbered
    if (known === undefined || (known.fingerprint === undefined && !samePath(known.path, found.path))) return undefined
    this.#waiting = this.#waiting.filter(({ entry }) => entry !== known)
    return known
  }

  /** Says it once; true when it is new. */
  #trouble(path: string, sentence: string): boolean {
    if (this.#troubles.get(path) === sentence) return false
    this.#troubles.set(path, sentence)
    this.#options.log.warn(sentence)
    this.#options.status(sentence, { severity: 'warning' })
    return true
  }

  #recovered(path: string): void {
    if (!this.#troubles.delete(path)) return
    const next = [...this.#troubles.values()].at(-1)
    if (next !== undefined) this.#options.status(next, { severity: 'warning' })
    else this.#options.status(`${path} can be read again`)
  }
}

function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'EACCES' || code === 'EPERM') return 'permission is refused. Give this user the right to read it.'
  return messageOf(error)
}
