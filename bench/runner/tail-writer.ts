// A process of its own that appends lines to a file at a steady rate, whatever else the machine does: node tail-writer.ts FILE LINES-PER-SECOND MS.
// Prints how many lines it wrote.
import { closeSync, openSync, writeSync } from 'node:fs'
import { lineOf } from './tail-line.ts'

const [path, rate, ms] = [process.argv[2]!, Number(process.argv[3]), Number(process.argv[4])]
const file = openSync(path, 'a')
const begun = performance.now()
let written = 0
const timer = setInterval(() => {
  const elapsed = Math.min(ms, performance.now() - begun)
  const owed = Math.floor((elapsed / 1000) * rate) - written
  if (owed > 0) writeSync(file, Array.from({ length: owed }, (_, index) => lineOf(written + index)).join(''))
  written += Math.max(0, owed)
  if (elapsed < ms) return
  clearInterval(timer)
  closeSync(file)
  process.stdout.write(`${written}\n`)
}, 20)
