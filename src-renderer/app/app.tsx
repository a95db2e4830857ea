// The frame of the workbench: rail, side bar, editor area, inspector, panel, status bar, and the overlays above them.
import { CSPProvider } from '@base-ui/react/csp-provider'
import { useEffect } from 'react'
import { overlay } from '../shell/overlay.ts'
import { useAppliedSettings } from '../shell/settings.ts'
import { usualSizes, windowState } from '../shell/window-state.ts'
import { HintProvider } from '../ui/hint.tsx'
import { Split } from '../ui/split.tsx'
import { useStore } from '../ui/store.ts'
import { ConnectionBanner } from './connection-banner.tsx'
import { EditorArea } from './editor-area.tsx'
import { useGlobalCommands } from './global-commands.ts'
import { Inspector } from './inspector.tsx'
import { OpenLog } from './open-log.tsx'
import { CommandPalette, QuickOpen } from './palette.tsx'
import { Panel } from './panel.tsx'
import { Rail } from './rail.tsx'
import { Shortcuts } from './shortcuts.tsx'
import { SideBar } from './side-bar.tsx'
import { StatusBar } from './status-bar.tsx'
import { TrustQuestion } from './trust-question.tsx'
import './app.css'

/** Pages where nothing can be selected have the room to themselves. */
function hasInspector(active: string | undefined): boolean {
  return active !== undefined && !/^#\/(?:welcome|settings|channel|program|dead-letters)\b/.test(active)
}

export function App() {
  useAppliedSettings()
  useGlobalCommands()
  const state = useStore(windowState)
  const over = useStore(overlay)
  useEffect(() => {
    document.documentElement.style.setProperty('zoom', String(state.zoom))
  }, [state.zoom])
  const resize = (pane: 'side' | 'inspector' | 'panel', size: number): void =>
    windowState.set((now) => ({ ...now, [pane]: { ...now[pane], size } }))
  return (
    <CSPProvider disableStyleElements>
      <HintProvider>
        <div className="frame">
          <div className="frame-body">
            <Rail />
            <Split
              direction="row"
              fixed="first"
              label="Width of the side bar"
              size={state.side.size}
              usual={usualSizes.side}
              min={160}
              max={520}
              onSize={(size) => resize('side', size)}
            >
              {state.side.open && <SideBar />}
              <Split
                direction="row"
                fixed="second"
                label="Width of the inspector"
                size={state.inspector.size}
                usual={usualSizes.inspector}
                min={200}
                max={640}
                onSize={(size) => resize('inspector', size)}
              >
                <Split
                  direction="column"
                  fixed="second"
                  label="Height of the panel"
                  size={state.panel.size}
                  usual={usualSizes.panel}
                  min={96}
                  max={640}
                  onSize={(size) => resize('panel', size)}
                >
                  <EditorArea />
                  {state.panel.open && <Panel />}
                </Split>
                {state.inspector.open && hasInspector(state.active) && <Inspector />}
              </Split>
            </Split>
          </div>
          <StatusBar />
        </div>
        <ConnectionBanner />
        {over?.kind === 'commands' && <CommandPalette />}
        {over?.kind === 'quick-open' && <QuickOpen />}
        {over?.kind === 'keys' && <Shortcuts />}
        {over?.kind === 'open-log' && <OpenLog wanted={over.wanted} />}
        {over?.kind === 'trust' && <TrustQuestion asks={over.asks} answer={over.answer} />}
      </HintProvider>
    </CSPProvider>
  )
}
