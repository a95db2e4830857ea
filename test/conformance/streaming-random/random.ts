// Chance by seed: the same seed makes the same case.
import { type Random, randomFrom } from '../../driver/random.ts'

let random: Random = randomFrom(1)

/** Begins the sequence of a seed. */
export function seed(value: number): void {
  random = randomFrom(value)
}

export const below = (n: number): number => random.below(n)
export const pick = <T>(items: readonly T[]): T => random.pick(items)
export const chance = (probability: number): boolean => random.chance(probability)
