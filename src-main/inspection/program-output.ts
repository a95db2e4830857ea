// What a program prints, line by line, for views: the newest lines of each, numbered. Nothing is lost on the way here; what falls out at
// the far end is counted.
import type { Clock } from '../clock.ts'

export interface OutputLine {
  /** Counts up from 1 without gaps. */
  readonly seq: number
  readonly at: number
  readonly text: string
  readonly stream: 'out' | 'err'
}

const keptLines = 5000
/** A line longer than this is shown in pieces. */
const longestLine = 16 * 1024

export class ProgramOutput {
  readonly #clock: Clock
  readonly #lines: OutputLine[] = []
  readonly #rest = { out: '', err: '' }
  readonly #decoders = { out: new TextDecoder(), err: new TextDecoder() }
  #seq = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  write(stream: 'stdout' | 'stderr', bytes: Uint8Array): void {
    const side = stream === 'stdout' ? 'out' : 'err'
    const text = this.#rest[side] + this.#decoders[side].decode(bytes, { stream: true })
    const lines = text.split('\n')
    this.#rest[side] = lines.pop()!
    for (const line of lines) this.#add(side, line)
    while (this.#rest[side].length > longestLine) {
      this.#add(side, this.#rest[side].slice(0, longestLine))
      this.#rest[side] = this.#rest[side].slice(longestLine)
    }
  }

  /** The program has ended: what it printed without a line end is a line. */
  end(): void {
    for (const side of ['out', 'err'] as const) {
      if (this.#rest[side] !== '') this.#add(side, this.#rest[side])
      this.#rest[side] = ''
    }
  }

  /** Lines after `seq`, as far as they are kept. */
  after(seq: number): readonly OutputLine[] {
    const first = this.#lines[0]?.seq ?? 0
    return this.#lines.slice(Math.max(0, seq + 1 - first))
  }

  #add(stream: 'out' | 'err', text: string): void {
    this.#lines.push({ seq: ++this.#seq, at: this.#clock.now(), text, stream })
    if (this.#lines.length > keptLines * 1.2) this.#lines.splice(0, this.#lines.length - keptLines)
  }
}
