// The panel below the editor area: problems, the engine's output, a tap.
import { X } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { tapTarget } from '../shell/tap-target.ts'
import { useOverview } from '../shell/titles.ts'
import { type PanelTab, windowState } from '../shell/window-state.ts'
import { IconButton } from '../ui/button.tsx'
import { useStore } from '../ui/store.ts'
import './panel.css'

const ProblemList = lazy(async () => ({ default: (await import('../problems/problem-list.tsx')).ProblemList }))
const Output = lazy(async () => ({ default: (await import('../problems/output.tsx')).Output }))
const Tap = lazy(async () => ({ default: (await import('../taps/tap-panel.tsx')).TapPanel }))

export function Panel() {
  const { panel } = useStore(windowState)
  const target = useStore(tapTarget)
  const problems = useOverview()?.problems
  const count = (problems?.errors ?? 0) + (problems?.warnings ?? 0)
  const tabs: { id: PanelTab; title: string }[] = [
    { id: 'problems', title: count > 0 ? `Problems ${count}` : 'Problems' },
    { id: 'output', title: 'Output' },
    { id: 'tap', title: target === undefined ? 'Tap' : `Tap ${target.title}` },
  ]
  const show = (tab: PanelTab): void => windowState.set((now) => ({ ...now, panel: { ...now.panel, tab } }))
  return (
    <section className="panel" aria-label="Panel" data-region="panel" tabIndex={-1}>
      <div className="panel-head">
        <div role="tablist" aria-label="Panel" className="panel-tabs">
          {tabs.map((tab) => (
            <button
              key={tab.id}
              type="button"
              role="tab"
              className="panel-tab"
              aria-selected={tab.id === panel.tab}
              tabIndex={tab.id === panel.tab ? 0 : -1}
              onClick={() => show(tab.id)}
              onKeyDown={(event) => {
                const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
                if (step === 0) return
                const next = tabs[(tabs.findIndex((each) => each.id === panel.tab) + step + tabs.length) % tabs.length]!
                show(next.id)
                ;(event.currentTarget.parentElement?.children[tabs.indexOf(next)] as HTMLElement | undefined)?.focus()
              }}
            >
              {tab.title}
            </button>
          ))}
        </div>
        <span className="grow" />
        <IconButton
          label="Close panel"
          keys="Mod+J"
          onClick={() => windowState.set((now) => ({ ...now, panel: { ...now.panel, open: false } }))}
        >
          <X size={14} />
        </IconButton>
      </div>
      <div className="panel-body" role="tabpanel" aria-label={tabs.find((tab) => tab.id === panel.tab)?.title}>
        <Suspense fallback={null}>
          {panel.tab === 'problems' && <ProblemList />}
          {panel.tab === 'output' && <Output />}
          {panel.tab === 'tap' && <Tap />}
        </Suspense>
      </div>
    </section>
  )
}
