// `npm run fuzz -- [--minutes M | --inputs N] [--seed S] [--target NAME]`: random inputs on everything that reads what others wrote. With
// --minutes each target runs its part of the time, from a seed of the day; with --inputs (as in CI) each runs so many, from a fixed seed.
// A failing input is saved and printed with its seed. Last line: N passed, N failed, N skipped (targets); exit code 1 when one failed.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { FuzzTarget } from './fuzz-target.ts'
import { type Finding, runTarget } from './run-target.ts'

const { values } = parseArgs({
  options: { minutes: { type: 'string' }, inputs: { type: 'string' }, seed: { type: 'string' }, target: { type: 'string' } },
})
const number = (name: 'minutes' | 'inputs' | 'seed', otherwise: number): number => {
  const text = values[name]
  if (text === undefined) return otherwise
  if (!/^\d+(\.\d+)?$/.test(text)) throw new Error(`--${name} ${text} is not a number.`)
  return Number(text)
}

const folder = join(import.meta.dirname, 'target')
const names = readdirSync(folder)
  .map((file) => file.replace(/\.ts$/, ''))
  .filter((name) => values.target === undefined || name === values.target)
if (names.length === 0) throw new Error(`There is no target ${values.target}.`)
const minutes = values.inputs === undefined ? number('minutes', 1) : undefined
const seed = number('seed', minutes === undefined ? 1 : Math.floor(Date.now() / 86_400_000))
const failures = join(import.meta.dirname, '..', '..', '.cache', 'fuzz')

async function fuzz(name: string): Promise<boolean> {
  const target = (await import(`./target/${name}.ts`)).target as FuzzTarget
  const cost = target.cost ?? 1
  const findings: Finding[] = []
  const until = performance.now() + ((minutes ?? 0) * 60_000) / names.length
  const piece = Math.max(1, Math.ceil((minutes === undefined ? number('inputs', 0) : 20_000) / cost))
  let done = 0
  do {
    findings.push(...(await runTarget(name, seed, done, piece)))
    done += piece
  } while (minutes !== undefined && performance.now() < until && findings.length === 0)
  console.log(`${findings.length === 0 ? 'ok' : 'not ok'} ${name}: ${done} inputs, seed ${seed}`)
  for (const { index, input, what } of findings) {
    mkdirSync(failures, { recursive: true })
    const path = join(failures, `${name}-${seed}-${index}.bin`)
    writeFileSync(path, input)
    console.log(`  input ${index} of seed ${seed}, saved as ${path}:\n  ${what.replaceAll('\n', '\n  ')}`)
  }
  return findings.length === 0
}

let passed = 0
for (const name of names) if (await fuzz(name)) passed++
console.log(`${passed} passed, ${names.length - passed} failed, 0 skipped`)
process.exitCode = passed === names.length ? 0 : 1
