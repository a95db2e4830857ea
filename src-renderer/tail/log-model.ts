// What one log view knows: length and state as the engine tells them, the rows around the place that is shown, and that place. It holds
// a bounded number of rows whatever the log's length. While following, the place moves only when the rows for it are there, so that
// nothing flickers; one request is under way at a time, so that a slow window asks less often and misses nothing.
import type { EngineConnection } from '../../src-shared/contract/client.ts'
import { asMillraceError } from '../../src-shared/contract/client.ts'
import type { LogLength } from '../../src-shared/contract/logs.ts'
import type { LogRow } from '../../src-shared/contract/rows-frame.ts'

const blockRows = 128
const mostBlocks = 48

export interface LogPlace {
  /** Line at the top edge; the part behind the point is how far it is scrolled out. */
  readonly top: number
  readonly following: boolean
}

export class LogModel {
  readonly id: string
  readonly #connection: EngineConnection
  readonly #blocks = new Map<number, readonly LogRow[]>()
  readonly #listeners = new Set<() => void>()
  #asking = false
  #version = 0
  /** Rows that fit; at least one. */
  #visible = 40
  /** With wrapped lines fewer rows than fit may fill the view: then the last line may stand at the top. */
  #wrapped = false

  length: LogLength | undefined
  trouble: string | undefined
  place: LogPlace = { top: 0, following: true }
  /** Lines there were when following stopped: what came later is new. */
  seenLines = 0
  /** The line that commands and the inspector are about. */
  current: number | undefined
  readonly marks = new Set<number>()

  constructor(id: string, connection: EngineConnection) {
    this.id = id
    this.#connection = connection
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly version = (): number => this.#version

  /** Listens to the engine while the view is shown; answers how to stop. */
  watch(): () => void {
    const subscription = this.#connection.subscribe((engine) => engine.logs.watch({ id: this.id }), {
      value: (length) => this.#take(length),
      error: (error) => {
        this.trouble = error.message
        this.#changed()
      },
    })
    return () => subscription.close()
  }

  get lines(): number {
    return this.length?.lines ?? 0
  }

  get visible(): number {
    return this.#visible
  }

  get newLines(): number {
    return this.place.following ? 0 : Math.max(0, this.lines - this.seenLines)
  }

  get lastTop(): number {
    return this.#wrapped ? Math.max(0, this.lines - 1) : Math.max(0, this.lines - this.#visible)
  }

  row(line: number): LogRow | undefined {
    return this.#blocks.get(Math.floor(line / blockRows))?.[line % blockRows]
  }

  resize(visible: number, wrapped: boolean): void {
    if (visible === this.#visible && wrapped === this.#wrapped) return
    this.#visible = Math.max(1, visible)
    this.#wrapped = wrapped
    if (this.place.following) this.#moveToEnd()
    else this.scrollTo(this.place.top)
    this.#changed()
    void this.#ask()
  }

  /** Puts a line at the top edge. Moving up stops following, reaching the end starts it. */
  scrollTo(top: number): void {
    const kept = Math.max(0, Math.min(top, this.lastTop))
    const atEnd = kept >= this.lastTop
    if (kept === this.place.top && this.place.following === atEnd) return
    if (this.place.following && !atEnd) this.seenLines = this.lines
    this.place = { top: kept, following: atEnd }
    this.#changed()
    void this.#ask()
  }

  scrollBy(rows: number): void {
    // At the end a step down changes nothing, and at rest a step up always stops following.
    if (rows > 0 && this.place.following) return
    this.scrollTo(this.place.top + rows)
  }

  setFollowing(following: boolean): void {
    if (following) this.#moveToEnd()
    else if (this.place.following) this.seenLines = this.lines
    this.place = { ...this.place, following }
    this.#changed()
    void this.#ask()
  }

  /** Makes a line the current one and brings it into view, in the middle when it was far away. */
  goTo(line: number): void {
    const kept = Math.max(0, Math.min(line, this.lines - 1))
    this.current = kept
    const { top } = this.place
    const last = top + this.#visible - 1
    if (kept < top || kept >= last) {
      const near = kept >= top - 3 && kept < last + 3
      this.scrollTo(near ? (kept < top ? kept : kept - this.#visible + 2) : kept - Math.floor(this.#visible / 2))
    }
    this.#changed()
  }

  select(line: number | undefined): void {
    this.current = line
    this.#changed()
  }

  toggleMark(line: number): void {
    if (!this.marks.delete(line)) this.marks.add(line)
    this.#changed()
  }

  #take(length: LogLength): void {
    const before = this.length
    this.length = length
    this.trouble = undefined
    if (before !== undefined && before.generation !== length.generation) {
      this.#blocks.clear()
      this.marks.clear()
      this.current = undefined
      this.seenLines = 0
      this.place = { ...this.place, top: 0 }
    } else if (before !== undefined && before.lines > 0) {
      // The last line may have grown, and the last block is longer now.
      if (before.lines !== length.lines || before.bytes !== length.bytes) this.#stale(Math.floor((before.lines - 1) / blockRows))
    }
    if (this.place.following) {
      // Without any row on show there is nothing to keep steady.
      if (this.#blocks.size === 0) this.#moveToEnd()
      void this.#ask()
    }
    this.#changed()
  }

  readonly #staleBlocks = new Set<number>()

  #stale(block: number): void {
    if (this.#blocks.has(block)) this.#staleBlocks.add(block)
  }

  #moveToEnd(): void {
    this.place = { top: Math.max(0, this.lines - this.#visible), following: true }
    this.seenLines = this.lines
  }

  /** Asks for the first missing run of rows around the place to be shown, until all are there. */
  async #ask(): Promise<void> {
    if (this.#asking || this.length === undefined) return
    this.#asking = true
    try {
      for (;;) {
        const { generation } = this.length
        const wanted = this.place.following ? Math.max(0, this.lines - this.#visible) : Math.floor(this.place.top)
        const missing = this.#missing(wanted)
        if (missing === undefined) break
        const from = missing.first * blockRows
        const rows = await this.#connection.rows({ id: this.id, generation, from, count: (missing.last - missing.first + 1) * blockRows })
        if (this.length.generation !== generation) continue
        if (rows.length === 0) break
        for (let block = missing.first; block <= missing.last; block++) {
          const start = (block - missing.first) * blockRows
          this.#keep(block, rows.slice(start, start + blockRows))
        }
        this.#changed()
      }
      if (this.place.following) this.#moveToEnd()
      this.#changed()
    } catch (thrown) {
      // A link that ended is told by the banner; the next length after it asks again.
      const error = asMillraceError(thrown)
      if (error.code !== 'ENGINE_GONE') this.trouble = error.message
      this.#changed()
    } finally {
      this.#asking = false
    }
  }

  #missing(top: number): { first: number; last: number } | undefined {
    const end = Math.min(this.lines, top + this.#visible + 2)
    if (end <= top) return undefined
    let first: number | undefined
    let last = 0
    for (let block = Math.floor(top / blockRows); block <= Math.floor((end - 1) / blockRows); block++) {
      const rows = this.#blocks.get(block)
      const needed = Math.min(blockRows, this.lines - block * blockRows)
      const whole = rows !== undefined && rows.length >= needed && !this.#staleBlocks.has(block)
      if (whole) continue
      first ??= block
      last = block
    }
    return first === undefined ? undefined : { first, last }
  }

  #keep(block: number, rows: readonly LogRow[]): void {
    this.#staleBlocks.delete(block)
    this.#blocks.delete(block)
    this.#blocks.set(block, rows)
    for (const oldest of this.#blocks.keys()) {
      if (this.#blocks.size <= mostBlocks) break
      this.#blocks.delete(oldest)
    }
  }

  #changed(): void {
    this.#version++
    for (const listener of [...this.#listeners]) listener()
  }
}
