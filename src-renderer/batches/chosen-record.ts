// What is chosen on a batch's page, and what is lit because of it.
import type { BatchRecord, SampleRecord } from '../../src-shared/contract/streams.ts'
import { type Lineage, lineageOf, type SampleAt, samplesOfEvent } from './lineage.ts'

export interface Chosen {
  readonly record: SampleRecord
  /** Where it stands: `Record out of map`, `Rejected by parse`. */
  readonly title: string
  /** Absent for a record that is no operator's sample. */
  readonly at?: SampleAt
}

export type Light = 'chosen' | 'same' | undefined

export interface Lit extends Lineage {
  light(at: SampleAt | undefined): Light
}

const none: Lineage = { madeOf: [], becameOf: [] }

export function litBy(record: BatchRecord, chosen: Chosen | undefined): Lit {
  const { operators } = record
  const lineage =
    chosen === undefined
      ? none
      : chosen.at === undefined
        ? { madeOf: samplesOfEvent(operators, chosen.record), becameOf: [] }
        : lineageOf(operators, chosen.at)
  const key = (at: SampleAt): string => `${at.operator}.${at.sample}`
  const lights = new Map<string, Light>([...lineage.madeOf, ...lineage.becameOf].map((at) => [key(at), 'same']))
  if (chosen?.at !== undefined) lights.set(key(chosen.at), 'chosen')
  return { ...lineage, light: (at) => at && lights.get(key(at)) }
}
