// Commands of the frame itself.

import type { CommandId } from '../../src-shared/command/commands.ts'
import { useCommand } from '../shell/command-registry.ts'
import { chooseFile } from '../shell/files.ts'
import { overlay } from '../shell/overlay.ts'
import { changeSettings, useSettings } from '../shell/settings.ts'
import { closeTab, openTab, stepTab } from '../shell/tabs.ts'
import { type SideView, windowState } from '../shell/window-state.ts'
import { useStore } from '../ui/store.ts'
import { stepRegion } from './regions.ts'
import { newPipeline, startDemo } from './side-bar.tsx'

export function useGlobalCommands(): void {
  const settings = useSettings()
  const { active } = useStore(windowState)
  useCommand('palette.show', () => overlay.set({ kind: 'commands' }))
  useCommand('quick-open.show', () => overlay.set({ kind: 'quick-open' }))
  useCommand('keys.show', () => overlay.set({ kind: 'keys' }))
  useCommand('demo.start', () => void startDemo())
  useCommand('pipeline.new', () => void newPipeline())
  useCommand('file.open', () => void chooseFile())
  useCommand('tab.close', () => active !== undefined && closeTab(active), active !== undefined)
  useCommand('tab.next', () => stepTab(1))
  useCommand('tab.previous', () => stepTab(-1))
  useCommand('region.next', () => stepRegion(1))
  useCommand('region.previous', () => stepRegion(-1))
  useCommand('side-bar.toggle', () => windowState.set((now) => ({ ...now, side: { ...now.side, open: !now.side.open } })))
  useCommand('inspector.toggle', () => windowState.set((now) => ({ ...now, inspector: { ...now.inspector, open: !now.inspector.open } })))
  useCommand('panel.toggle', () => windowState.set((now) => ({ ...now, panel: { ...now.panel, open: !now.panel.open } })))
  useSideCommand('view.pipelines', 'pipelines')
  useSideCommand('view.logs', 'logs')
  useSideCommand('view.streams', 'streams')
  useSideCommand('view.channels', 'channels')
  useCommand('view.problems', () => openTab({ view: 'problems' }))
  useCommand('view.settings', () => openTab({ view: 'settings' }))
  useCommand('view.welcome', () => openTab({ view: 'welcome' }))
  useCommand('theme.toggle', () => changeSettings({ theme: document.documentElement.dataset['theme'] === 'dark' ? 'light' : 'dark' }))
  useCommand('time-zone.toggle', () => changeSettings({ timeZone: settings.timeZone === 'UTC' ? 'local' : 'UTC' }))
  useCommand('zoom.in', () => zoomBy(1))
  useCommand('zoom.out', () => zoomBy(-1))
  useCommand('zoom.reset', () => windowState.set((now) => ({ ...now, zoom: 1 })))
}

function useSideCommand(id: CommandId, view: SideView): void {
  useCommand(id, () =>
    windowState.set((now) => ({ ...now, side: { ...now.side, view, open: !(now.side.open && now.side.view === view) } })),
  )
}

function zoomBy(steps: number): void {
  windowState.set((now) => ({ ...now, zoom: Math.round(Math.max(0.7, Math.min(2, now.zoom + steps * 0.1)) * 10) / 10 }))
}
