// Rounds, medians and ratios of a bench.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench, Ratio } from './bench.ts'

export interface Measured {
  readonly rounds: number
  readonly unit: string
  readonly values: Readonly<Record<string, readonly number[]>>
  readonly medians: Readonly<Record<string, number>>
  readonly ratios: readonly (Ratio & { readonly value: number; readonly met: boolean })[]
}

/** What is printed and recorded of a bench. */
export interface Report extends Measured {
  readonly bench: string
  readonly summary: string
  readonly machine: string
  readonly commit: string
  readonly date: string
}

/** Runs every variant once unmeasured and then in `rounds` rounds. A ratio is the median of the rounds' ratios. */
export async function measure(
  bench: Bench,
  options: { rounds: number; scratch: string; progress: (text: string) => void },
): Promise<Measured> {
  const values: Record<string, number[]> = {}
  mkdirSync(options.scratch, { recursive: true })
  for (let round = bench.warmUp === false ? 1 : 0; round <= options.rounds; round++) {
    for (const [variant, run] of Object.entries(bench.variants)) {
      const scratch = mkdtempSync(join(options.scratch, 'bench-'))
      try {
        const result = await run({ scratch })
        const figures = typeof result === 'number' ? { [variant]: result } : prefixed(variant, result)
        for (const [name, value] of Object.entries(figures)) {
          options.progress(`${round === 0 ? 'warm-up' : `round ${round}`}  ${name}: ${format(value)} ${bench.unit}`)
          values[name] ??= []
          if (round > 0) values[name].push(value)
        }
      } finally {
        rmSync(scratch, { recursive: true, force: true })
      }
    }
  }
  const ratios = bench.ratios.map((ratio) => {
    const value = median(valuesOf(values, ratio.of).map((one, index) => one / valuesOf(values, ratio.against)[index]!))
    return { ...ratio, value, met: value >= (ratio.least ?? 0) && value <= (ratio.most ?? Number.POSITIVE_INFINITY) }
  })
  const medians = Object.fromEntries(Object.entries(values).map(([name, all]) => [name, median(all)]))
  return { rounds: options.rounds, unit: bench.unit, values, medians, ratios }
}

function prefixed(variant: string, figures: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [`${variant}: ${name}`, value]))
}

function valuesOf(values: Readonly<Record<string, readonly number[]>>, name: string): readonly number[] {
  const found = values[name]
  if (found === undefined) throw new Error(`A ratio names ${name}; there is only ${Object.keys(values).join(', ')}.`)
  return found
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** A number for people: 1,234,567 or 0.123. */
export function format(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3)
}
