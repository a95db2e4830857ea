// Keeps of two recordings of the same cases those that agree: agree.ts ROUND1 ROUND2 OUT.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const [one, two, out] = process.argv.slice(2) as [string, string, string]

/** The same up to the order of elements, at every depth: what `compare: "bag"` can tell apart is less. */
function unordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unordered).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, unordered(field)]))
}

let kept = 0
for (const kind of readdirSync(one)) {
  for (const file of readdirSync(join(one, kind))) {
    const other = join(two, kind, file)
    const text = readFileSync(join(one, kind, file), 'utf8')
    const test = JSON.parse(text) as { compare?: string }
    const again = existsSync(other) ? readFileSync(other, 'utf8') : ''
    const bag = test.compare === 'bag' || test.compare === 'bag-per-key' || kind === 'rdd'
    const same = text === again || (bag && again !== '' && JSON.stringify(unordered(test)) === JSON.stringify(unordered(JSON.parse(again))))
    if (!same) {
      console.log(`DIFFERS between two runs: ${file}`)
      continue
    }
    mkdirSync(join(out, kind), { recursive: true })
    writeFileSync(join(out, kind, file), `${text}\n`)
    kept += 1
  }
}
console.log(`${kept} cases in ${out}`)
