// Steps of a made program: their names, and what many of them have.
import { below, chance } from './random.ts'

export type Step = Record<string, unknown>

let names = 0

/** A case begins: its names are counted from 1. */
export function startNames(): void {
  names = 0
}

export const fresh = (prefix: string): string => `${prefix}${++names}`
export const parts = (): Step => (chance(0.5) ? {} : { numPartitions: 1 + below(4) })
export const partsOrPartitioner = (): Step => (chance(0.6) ? parts() : { partitioner: `hash:${1 + below(4)}` })
