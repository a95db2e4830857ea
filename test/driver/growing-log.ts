// A log that an application writes: numbered lines, rotated now and then within the pattern that is tailed.
import { closeSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'

export class GrowingLog {
  readonly folder: string
  /** How many were written; they are numbered from 0. */
  lines = 0
  readonly #lineOf: (number: number) => string
  #file: number
  #rotations = 0

  /** `lineOf`: the text of a line, without its end. */
  constructor(folder: string, lineOf: (number: number) => string) {
    this.folder = folder
    this.#lineOf = lineOf
    mkdirSync(folder)
    this.#file = openSync(join(folder, 'app.log'), 'a')
  }

  write(count: number): void {
    let text = ''
    for (let n = 0; n < count; n++) text += `${this.#lineOf(this.lines++)}\n`
    writeSync(this.#file, text)
  }

  rotate(): void {
    closeSync(this.#file)
    renameSync(join(this.folder, 'app.log'), join(this.folder, `app-${++this.#rotations}.log`))
    this.#file = openSync(join(this.folder, 'app.log'), 'a')
  }

  close(): void {
    closeSync(this.#file)
  }
}
