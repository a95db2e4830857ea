// Tells the desktop face what runs: its question before quitting and its tray say it.
import type { RunSummary } from '../../src-shared/desktop/desktop-bridge.ts'
import { connection, desktop } from '../rpc/connection.ts'

/** Keeps the desktop face told. Called once. */
export function followRunning(): void {
  if (desktop === undefined) return
  const bridge = desktop
  const parts = { pipelines: [] as readonly string[], streams: [] as readonly string[] }
  const tell = (change: Partial<typeof parts>): void => {
    Object.assign(parts, change)
    const lines = [...parts.pipelines, ...parts.streams]
    bridge.setRunning({ running: lines.length, lines } satisfies RunSummary)
  }
  connection.subscribe((engine) => engine.pipelines.list(), {
    value: (list) => tell({ pipelines: list.filter((each) => isRunning(each.state)).map((each) => `${each.name}: ${each.sentence}`) }),
  })
  connection.subscribe((engine) => engine.streams.list(), {
    value: (list) => tell({ streams: list.filter((each) => isRunning(each.state)).map((each) => `${each.name}: ${each.sentence}`) }),
  })
}

function isRunning(state: string): boolean {
  return state === 'running' || state === 'starting' || state === 'retrying'
}
