// The book-keeping of a kill run: for each event how often it may be delivered, and how often it was.
//
// An event must be delivered once. It may come again only as often as a transaction that carried it was sent and its answer was never
// received: whoever sent it could not know whether it was stored, and had to send it again. Everything beyond is unexplained.

/** One line of the ledger. */
export interface RouteLedger {
  readonly route: string
  /** Different events that entered. */
  readonly sent: number
  /** Events of the channels on the way, in their order: all that was ever committed there. */
  readonly stored: readonly number[]
  readonly delivered: number
  /** Deliveries of events beyond their first. */
  readonly duplicates: number
  /** Of these, the ones that no unanswered transaction explains. */
  readonly unexplained: number
  readonly lost: number
  /** Output that is no event that was sent: half lines, foreign lines. */
  readonly foreign: number
  /** Transactions sent without ever receiving an answer, by a kill or a broken connection. */
  readonly unanswered: number
}

export class RouteTally {
  #allowed = new Uint16Array(1024)
  #delivered = new Uint16Array(1024)
  #sent = 0
  #foreign = 0
  #unanswered = 0

  /** Events so numbered entered the route for the first time. */
  sent(count: number): void {
    this.#sent += count
  }

  get sentCount(): number {
    return this.#sent
  }

  /** A transaction with these events was sent, and its answer was never received. */
  unanswered(events: Iterable<number>): void {
    this.#unanswered++
    for (const event of events) {
      this.#grow(event)
      this.#allowed[event]!++
    }
  }

  /** `undefined`: the output holds something that is no event. */
  delivered(event: number | undefined): void {
    if (event === undefined || event >= this.#sent) {
      this.#foreign++
      return
    }
    this.#grow(event)
    this.#delivered[event]!++
  }

  ledger(route: string, stored: readonly number[]): RouteLedger {
    let delivered = 0
    let duplicates = 0
    let unexplained = 0
    let lost = 0
    for (let event = 0; event < this.#sent; event++) {
      const times = this.#delivered[event] ?? 0
      delivered += times
      if (times === 0) lost++
      duplicates += Math.max(0, times - 1)
      unexplained += Math.max(0, times - 1 - (this.#allowed[event] ?? 0))
    }
    const { length } = stored
    // file_roll takes from the last channel, and a durable channel is emptied exactly once: what came out more often than it went in, or less,
    // is not explained by anybody's missing answer.
    if (length > 0) unexplained = Math.max(unexplained, Math.abs(delivered - stored[length - 1]!))
    return {
      route,
      sent: this.#sent,
      stored,
      delivered,
      duplicates,
      unexplained,
      lost,
      foreign: this.#foreign,
      unanswered: this.#unanswered,
    }
  }

  #grow(event: number): void {
    if (event < this.#allowed.length) return
    const size = Math.max(this.#allowed.length * 2, event + 1)
    const allowed = new Uint16Array(size)
    allowed.set(this.#allowed)
    this.#allowed = allowed
    const delivered = new Uint16Array(size)
    delivered.set(this.#delivered)
    this.#delivered = delivered
  }
}

/** Whether the run shows what is promised. */
export function isSound(ledger: RouteLedger): boolean {
  return ledger.sent > 0 && ledger.lost === 0 && ledger.unexplained === 0 && ledger.foreign === 0
}

/** The ledger as a table of text. */
export function ledgerTable(ledgers: readonly RouteLedger[]): string {
  const head = ['route', 'sent', 'stored', 'delivered', 'duplicates', 'unexplained', 'lost', 'foreign', 'unanswered transactions']
  const rows = ledgers.map((one) => [
    one.route,
    String(one.sent),
    one.stored.join(' → '),
    String(one.delivered),
    String(one.duplicates),
    String(one.unexplained),
    String(one.lost),
    String(one.foreign),
    String(one.unanswered),
  ])
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]!.length)))
  const line = (cells: readonly string[]): string => `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join('\n')
}
