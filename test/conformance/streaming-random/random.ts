// Chance by seed: the same seed makes the same cases.
let state = 0

/** Begins the sequence of a seed. */
export function seed(value: number): void {
  state = value * 2654435761 + 1
}

function random(): number {
  state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x297a2d39) | 0
  state ^= state >>> 12
  return (state >>> 0) / 4294967296
}

export const below = (n: number): number => Math.floor(random() * n)
export const pick = <T>(items: readonly T[]): T => items[below(items.length)]!
export const chance = (probability: number): boolean => random() < probability
