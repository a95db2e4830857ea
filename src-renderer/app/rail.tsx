// The activity rail: which tree the side bar shows. Clicking the shown one closes the side bar, as people know it.
import { Activity, Cylinder, ScrollText, Settings, TriangleAlert, Workflow } from 'lucide-react'
import type { ReactNode } from 'react'
import type { CommandId } from '../../src-shared/command/commands.ts'
import { keysOf, runCommand } from '../shell/command-registry.ts'
import { useOverview } from '../shell/titles.ts'
import { windowState } from '../shell/window-state.ts'
import { Hint } from '../ui/hint.tsx'
import { useStore } from '../ui/store.ts'
import './rail.css'

export function Rail() {
  const state = useStore(windowState)
  const problems = useOverview()?.problems
  const shown = state.side.open ? state.side.view : undefined
  return (
    <nav className="rail" aria-label="Views" data-region="rail" tabIndex={-1}>
      <RailButton label="Pipelines" command="view.pipelines" current={shown === 'pipelines'} icon={<Workflow />} />
      <RailButton label="Logs" command="view.logs" current={shown === 'logs'} icon={<ScrollText />} />
      <RailButton label="Streams" command="view.streams" current={shown === 'streams'} icon={<Activity />} />
      <RailButton label="Channels" command="view.channels" current={shown === 'channels'} icon={<Cylinder />} />
      <span className="grow" />
      <RailButton
        label="Problems"
        command="view.problems"
        current={state.active === '#/problems'}
        icon={<TriangleAlert />}
        count={(problems?.errors ?? 0) + (problems?.warnings ?? 0)}
        serious={(problems?.errors ?? 0) > 0}
      />
      <RailButton label="Settings" command="view.settings" current={state.active === '#/settings'} icon={<Settings />} />
    </nav>
  )
}

interface RailButtonProps {
  label: string
  command: CommandId
  current: boolean
  icon: ReactNode
  count?: number
  serious?: boolean
}

function RailButton({ label, command, current, icon, count = 0, serious = false }: RailButtonProps) {
  return (
    <Hint text={label} keys={keysOf(command)}>
      <button
        type="button"
        className="rail-button"
        aria-label={count > 0 ? `${label}, ${count}` : label}
        aria-current={current ? 'true' : undefined}
        onClick={() => runCommand(command)}
      >
        {icon}
        {count > 0 && (
          <span className={serious ? 'rail-count rail-count-serious' : 'rail-count'} aria-hidden="true">
            {count > 99 ? '99' : count}
          </span>
        )}
      </button>
    </Hint>
  )
}
