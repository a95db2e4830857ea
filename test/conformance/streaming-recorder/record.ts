// Records cases from a real Spark: record.ts IN OUT. IN/{stream,print,rdd,errors}/*.json are cases without results. Everything is run in two
// virtual machines; what the two say differently is not written. Needs Java 17 and Maven.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { agree } from './agreement.ts'
import { record, setup } from './real-spark.ts'

const [from, out] = process.argv.slice(2) as [string, string]
const work = mkdtempSync(join(tmpdir(), 'millrace-recorder-'))
const [one, two] = [join(work, 'one'), join(work, 'two')]
setup()
for (const round of [one, two]) for (const line of record(from, round)) console.log(line)
for (const kind of readdirSync(one)) {
  mkdirSync(join(out, kind), { recursive: true })
  for (const file of readdirSync(join(one, kind))) {
    const text = readFileSync(join(one, kind, file), 'utf8')
    const other = join(two, kind, file)
    if (existsSync(other) && agree(kind, text, readFileSync(other, 'utf8'))) writeFileSync(join(out, kind, file), `${text}\n`)
    else console.log(`DIFFERS between two runs: ${file}`)
  }
}
rmSync(work, { recursive: true })
