// What a killed process had been answered (crash-child.ts), against what its channel holds afterwards.
import { strict as assert } from 'node:assert'
import { existsSync, readFileSync } from 'node:fs'

export class CrashLedger {
  /** Transactions of puts that were asked for; stored: that were answered. */
  readonly #puts: { readonly first: number; readonly count: number; stored: boolean }[] = []
  readonly #tried = new Set<number>()
  readonly #consumed = new Set<number>()
  nextNumber = 0

  /** Reads what the process noted. */
  read(path: string): void {
    if (!existsSync(path)) return
    const lines = readFileSync(path, 'utf8').split('\n')
    // The last line may have been cut off by the kill; only whole ones count.
    for (const line of lines.slice(0, -1)) {
      const [word, ...rest] = line.split(' ')
      const numbers = rest.map(Number)
      if (word === 'put') {
        this.#puts.push({ first: numbers[0]!, count: numbers[1]!, stored: false })
        this.nextNumber = Math.max(this.nextNumber, numbers[0]! + numbers[1]!)
      } else if (word === 'stored') this.#puts.find((put) => put.first === numbers[0])!.stored = true
      else if (word === 'take') for (const number of numbers) this.#tried.add(number)
      else if (word === 'consumed') for (const number of numbers) this.#consumed.add(number)
    }
    // A put whose line is missing may have reserved numbers: keep clear of them.
    this.nextNumber += 100
  }

  get storedEvents(): number {
    return this.#puts.reduce((sum, put) => sum + (put.stored ? put.count : 0), 0)
  }

  get consumedEvents(): number {
    return this.#consumed.size
  }

  /** `held`: everything that the channel still delivers. `powerLost`: what was consumed may come again. */
  compare(held: readonly number[], { powerLost = false } = {}): void {
    const delivered = new Set(held)
    assert.equal(delivered.size, held.length, 'no event is there twice')
    if (!powerLost) for (const number of held) assert.ok(!this.#consumed.has(number), `event ${number} was consumed and is back`)
    for (const put of this.#puts) {
      let there = 0
      for (let number = put.first; number < put.first + put.count; number++) {
        if (delivered.delete(number) || this.#consumed.has(number) || this.#tried.has(number)) there++
      }
      if (put.stored) assert.equal(there, put.count, `of the ${put.count} events from ${put.first} that were stored, ${there} are there`)
      else assert.ok(there === 0 || there === put.count, `of the transaction of ${put.count} events from ${put.first}, ${there} are there`)
    }
    assert.equal(delivered.size, 0, `events are there that nobody put: ${[...delivered].slice(0, 5).join(', ')}`)
  }
}
