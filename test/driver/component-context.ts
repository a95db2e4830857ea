// What a component is given when a test creates it alone.

import { ManualClock } from '../../src-main/clock.ts'
import type { ComponentContext } from '../../src-main/component/context.ts'
import { silentLogger } from '../../src-main/log.ts'

export interface RecordedContext extends ComponentContext {
  readonly counts: Map<string, number>
  readonly drops: { count: number; reason: string; intentional: boolean }[]
  readonly statuses: string[]
  /** Ids of named rules. */
  readonly departures: string[]
}

export function componentContext(): RecordedContext {
  const counts = new Map<string, number>()
  const drops: { count: number; reason: string; intentional: boolean }[] = []
  const statuses: string[] = []
  const departures: string[] = []
  return {
    name: 'x1',
    agentName: 'a1',
    clock: new ManualClock(),
    log: silentLogger,
    signal: new AbortController().signal,
    workDir: '/nonexistent',
    counters: {
      add: (name, count) => void counts.set(name, (counts.get(name) ?? 0) + count),
      set: (name, value) => void counts.set(name, Number(value)),
      drop: (count, reason, intentional) => void drops.push({ count, reason, intentional }),
    },
    status: (sentence) => void statuses.push(sentence),
    departs: (rule) => void departures.push(rule),
    counts,
    drops,
    statuses,
    departures,
  }
}
