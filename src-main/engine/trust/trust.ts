// What a person has agreed to run (design §9): commands of pipelines and texts of stream programs, remembered in the workspace. A file that
// came from elsewhere, or was changed elsewhere, asks before the engine runs what is new in it.
import { createHash } from 'node:crypto'
import type { WouldRun } from '../../../src-shared/contract/trust.ts'
import type { Clock } from '../../clock.ts'
import type { WorkspaceStore } from '../../workspace/workspace-store.ts'

/** Something that would run, before anyone is asked. */
export type Runnable = Omit<WouldRun, 'digest'>

export class Trust {
  readonly #store: WorkspaceStore
  readonly #clock: Clock

  constructor(store: WorkspaceStore, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** Those that nobody has agreed to; each once. */
  unapproved(runnables: readonly Runnable[]): readonly WouldRun[] {
    const asked = new Map(runnables.map((runnable) => [digestOf(runnable), runnable]))
    return [...asked].filter(([digest]) => !this.#store.isApproved(digest)).map(([digest, runnable]) => ({ ...runnable, digest }))
  }

  approve(runnables: readonly Runnable[]): void {
    this.approveDigests(runnables.map(digestOf))
  }

  approveDigests(digests: readonly string[]): void {
    if (digests.length > 0) this.#store.approve(digests, this.#clock.now())
  }
}

/** The same text asks once, wherever it stands: agreement is to what is run. */
function digestOf({ kind, text }: Runnable): string {
  return createHash('sha256').update(`${kind}\0${text}`).digest('base64url')
}

/** A sentence for where nobody can be asked. */
export function notApproved(asks: readonly WouldRun[]): string {
  const what = asks.map(({ kind, text, where }) => (kind === 'command' ? `the command ${text} (${where})` : `the program ${where}`))
  return `It would run ${what.join(', ')}, which nobody has agreed to yet. Start it in the window to be asked.`
}
