// The names of the messages between the preload script and the main process. What each may carry is in desktop-calls.ts, which only the
// main process loads.
import type { PageCall } from './desktop-calls.ts'

export type { PageCall, PageCallArguments } from './desktop-calls.ts'

/** Main → page. */
export const mainMessages = {
  enginePort: 'millrace:engine-port',
  engineState: 'millrace:engine-state',
  command: 'millrace:command',
  openFiles: 'millrace:open-files',
} as const

/** Page → main. */
export function wireName(call: PageCall): string {
  return `millrace:${call}`
}
