// Makes cases without results, by seed: make-cases.ts OUT [SEED] [COUNT]. Programs are random but typed, so that Spark can run them;
// record.sh then asks a real Spark for the results. What is kept of them lies in ../streaming-more.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { printCase, printPairsCase } from './case-maker/print-cases.ts'
import { seed } from './case-maker/random.ts'
import { rddCase } from './case-maker/rdd-cases.ts'
import type { Step } from './case-maker/steps.ts'
import { streamCase } from './case-maker/stream-cases.ts'

const [out = 'made', seedText = '1', countText = '200'] = process.argv.slice(2)
seed(Number(seedText))

/** Numbers that were made as `{"#": …}` stand as they were written: whole doubles need their point. */
const write = (value: unknown): string => JSON.stringify(value).replace(/\{"#":"([^"]+)"\}/g, '$1')

const count = Number(countText)
const kinds: readonly (readonly [string, string, number, (id: string) => Step])[] = [
  ['rdd', 'more-rdd', count, rddCase],
  ['stream', 'more-stream', count, streamCase],
  ['print', 'more-print', Math.ceil(count / 6), printCase],
  ['print', 'more-pairs', Math.ceil(count / 6), printPairsCase],
]
for (const [folder, prefix, many, make] of kinds) {
  mkdirSync(join(out, folder), { recursive: true })
  for (let index = 1; index <= many; index++) {
    const id = `${prefix}-${seedText}-${String(index).padStart(3, '0')}`
    writeFileSync(join(out, folder, `${id}.json`), `${write(make(id))}\n`)
  }
}
