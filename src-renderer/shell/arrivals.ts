// Files that the engine was started with (command line, demo) come up as tabs in the first window that looks at that engine.
import type { RecentFile } from '../../src-shared/contract/workspace.ts'
import { connection, engine } from '../rpc/connection.ts'
import { hashOf, type Route } from './routes.ts'
import { openTab } from './tabs.ts'
import { windowState } from './window-state.ts'

// The command line opens its files right after it has printed the address: a window that is quicker waits for them this long.
const patienceMs = 8000
const order = { program: 0, log: 1, pipeline: 2 } as const

/** Called once, when the window's own state has been taken up. */
export async function openArrivals(): Promise<void> {
  const startedAt = await new Promise<number>((resolve) => {
    const overview = connection.subscribe((client) => client.workspace.overview(), {
      value: (value) => {
        overview.close()
        resolve(value.startedAt)
      },
    })
  })
  if (windowState.get().engine === startedAt) return
  windowState.set((now) => ({ ...now, engine: startedAt }))
  const taken = new Set<string>()
  const before = windowState.get().tabs
  const recent = connection.subscribe((client) => client.workspace.recent(), {
    value: (files) => {
      const arrived = files.filter((file) => file.openedAt >= startedAt - 1000 && !taken.has(file.path))
      for (const file of arrived) taken.add(file.path)
      void openAll(arrived, before)
    },
  })
  setTimeout(() => recent.close(), patienceMs)
}

/** `before`: the tabs that there were. One that was opened here since is not brought to the front again. */
async function openAll(files: readonly RecentFile[], before: readonly string[]): Promise<void> {
  const open = (route: Route): void => {
    const hash = hashOf(route)
    if (before.includes(hash) || !windowState.get().tabs.includes(hash)) openTab(route)
  }
  for (const { kind, path } of [...files].sort((a, b) => order[a.kind] - order[b.kind] || a.openedAt - b.openedAt)) {
    try {
      if (kind === 'log') open({ view: 'log', id: (await engine.logs.open({ path })).id })
      else if (kind === 'pipeline') open({ view: 'pipeline', id: (await engine.pipelines.open({ path })).id })
      else open({ view: 'stream', id: (await engine.streams.open({ path })).id })
    } catch {
      // The command line has said on its own output what it could not open.
    }
  }
}
