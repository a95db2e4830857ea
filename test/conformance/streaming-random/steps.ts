// Steps of a made program: their names, and what many of them have.
import { below, chance, pick } from './random.ts'

export type Step = Record<string, unknown>

let names = 0

/** A case begins: its names are counted from 1. */
export function startNames(): void {
  names = 0
}

export const fresh = (prefix: string): string => `${prefix}${++names}`
/** Mostly few; sometimes more than there are elements. */
export const partitions = (): number => (chance(0.8) ? 1 + below(4) : pick([5, 6, 7, 9, 16]))
/** The same, and now and then a number that is refused. */
export const anyPartitions = (): number => (chance(0.03) ? pick([0, -1]) : partitions())
export const parts = (): Step => (chance(0.5) ? {} : { numPartitions: partitions() })
export const anyParts = (): Step => (chance(0.5) ? {} : { numPartitions: anyPartitions() })
export const partsOrPartitioner = (): Step => (chance(0.6) ? parts() : { partitioner: `hash:${partitions()}` })
