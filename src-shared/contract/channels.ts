// Contract: channels, also those whose pipeline does not run.
import { oc } from '@orpc/contract'
import * as v from 'valibot'
import type { ChannelLevel } from './pipelines.ts'
import { answer, byId, id, values } from './schema.ts'

export interface ChannelSummary {
  /** `<pipeline>/<agent>.channels.<name>`. */
  readonly id: string
  readonly pipeline: string
  readonly agent: string
  readonly name: string
  readonly type: string
  readonly durable: boolean
  /** A durable channel's folder. */
  readonly folder?: string
  readonly open: boolean
  readonly sentence: string
  readonly level: ChannelLevel
}

export interface ChannelDescription extends ChannelSummary {
  readonly durability?: 'commit' | 'interval' | 'none'
  readonly retention?: { readonly bytes: number; readonly ageMs: number }
  readonly segments: readonly ChannelSegment[]
}

export interface ChannelSegment {
  readonly file: string
  readonly bytes: number
  readonly firstOrdinal: number
  readonly lastOrdinal: number
  readonly state: 'open' | 'sealed' | 'damaged'
}

export interface ChannelRepair {
  readonly sentence: string
  readonly lostEvents: number
  /** Where the damaged files lie now; nothing of them was deleted. */
  readonly moved: readonly string[]
}

export interface ChannelCheck {
  readonly ok: boolean
  readonly sentence: string
  readonly findings: readonly { readonly file: string; readonly message: string; readonly hint?: string }[]
}

const consumer = v.strictObject({ id, consumer: id })

export const channels = {
  /** At most 4 values a second. */
  list: oc.output(values<readonly ChannelSummary[]>()),
  describe: oc.input(byId).output(answer<ChannelDescription>()),
  /** Reads everything and compares checksums. Changes nothing. */
  check: oc.input(byId).output(answer<ChannelCheck>()),
  /**
   * Writes what can be read of a damaged channel anew and moves the damaged files aside. Rejects with BAD_ARGUMENT while its pipeline runs,
   * with CHANNEL_LOCKED while another process uses it.
   */
  repair: oc.input(byId).output(answer<ChannelRepair>()),
  /** Gives up consumed events that are kept for looking back. */
  forgetHistory: oc.input(byId).output(answer<{ readonly freedBytes: number }>()),
  /** A stopped consumer holds nothing back any more; what it did not consume may be lost to it. */
  release: oc.input(consumer).output(answer<void>()),
  /** The consumer goes on with the next event put; answers how many events it left out. */
  skipToNow: oc.input(consumer).output(answer<{ readonly skipped: number }>()),
}
