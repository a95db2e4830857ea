// Keys that every sink has beside its own: what becomes of an event that it can never deliver (src-main/agent/dead-letter). Off unless
// one of them is given.
import { int, string } from '../../src-shared/spec/property.ts'

/** maxRetries where only another of the keys is given. */
export const usualRetries = 5

export const deadLetterProperties = {
  maxRetries: int()
    .min(1)
    .optional()
    .extension()
    .describe(
      `How often a batch may fail before the events that cannot be delivered are looked for and set aside (${usualRetries} when only another deadLetter key is given). Absent: for ever, as Flume.`,
    ),
  'deadLetter.channel': string().optional().extension().describe('Channel of this agent that takes events that are set aside.'),
  'deadLetter.file': string()
    .optional()
    .extension()
    .describe('File that takes them, one JSON object a line; by default dead-letters/<sink>.jsonl in the agent’s folder.'),
  'deadLetter.mostInARow': int()
    .min(0)
    .optional()
    .extension()
    .unit('events')
    .describe(
      'After so many set aside with none delivered in between (100), the next one waits until another event gets through. 0: no limit.',
    ),
}
