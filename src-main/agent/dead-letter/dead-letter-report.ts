// What a person is told of dead letters: a counter, a sentence on the sink that stays as long as events lie there, and a line in the log for the
// first at once, then for those that came together in ten seconds.
import { messageOf } from '../../../src-shared/errors.ts'
import type { Clock } from '../../clock.ts'
import type { ComponentNode } from '../component-node.ts'
import type { DeadLetterBox } from './dead-letter.ts'
import { DeadLetterFile } from './dead-letter-file.ts'
import type { GuardReport } from './poison-guard.ts'

const logEveryMs = 10_000
const lookEveryMs = 5000

export class DeadLetterReport implements GuardReport {
  readonly #node: ComponentNode
  readonly #box: DeadLetterBox
  readonly #clock: Clock
  #count = 0
  #lying = 0
  #lastError = ''
  #logged = 0
  #logAt = Number.NEGATIVE_INFINITY
  #lookAt = Number.NEGATIVE_INFINITY

  constructor(node: ComponentNode, box: DeadLetterBox, clock: Clock) {
    this.#node = node
    this.#box = box
    this.#clock = clock
    node.counters.declare('DeadLetterCount')
  }

  /** A file may lie there from an earlier run, and be taken away (replayed, removed) at any time. */
  async turn(): Promise<void> {
    if (this.#clock.monotonic() < this.#lookAt) return
    this.#lookAt = this.#clock.monotonic() + lookEveryMs
    this.#log()
    try {
      const lying = (await this.#box.waiting()) ?? this.#lying
      if (lying === this.#lying) return
      this.#lying = lying
      this.#say('.')
    } catch (error) {
      this.#node.options.log.warn(messageOf(error), { sink: this.#node.options.name })
      this.#lookAt = Number.POSITIVE_INFINITY
    }
  }

  async setAside(error: string): Promise<void> {
    this.#count += 1
    this.#node.counters.add('DeadLetterCount', 1)
    this.#lying = (await this.#box.waiting()) ?? this.#count
    this.#lastError = error
    // What the sink said of the event is over.
    this.#node.overcame()
    this.#say(`; the last: ${error}`)
    this.#log()
  }

  #say(rest: string): void {
    const { place } = this.#box
    const inFile = this.#box instanceof DeadLetterFile
    // A path is long: it stands where there is room for it.
    const hint = inFile
      ? `Open dead letters to see why, and to send them again. On the command line: millrace dead-letters show ${place}`
      : 'Their headers deadLetter.* say why.'
    const events = `${this.#lying === 1 ? '1 event is' : `${this.#lying} events are`} set aside${inFile ? '' : ` in ${place}`}`
    this.#node.deadLetters(this.#lying === 0 ? undefined : `${events}${rest}`, hint, inFile ? place : undefined)
  }

  #log(): void {
    const more = this.#count - this.#logged
    if (more === 0 || this.#clock.monotonic() < this.#logAt) return
    this.#logAt = this.#clock.monotonic() + logEveryMs
    this.#logged = this.#count
    const { log, name } = this.#node.options
    const what = more === 1 ? 'an undeliverable event' : `${more} undeliverable events`
    log.warn(`Sink ${name} set ${what} aside.`, { place: this.#box.place, error: this.#lastError })
  }
}
