// Settings. Each takes effect at once; there is nothing to save.
import type { ReactNode } from 'react'
import type { Settings } from '../../src-shared/contract/settings.ts'
import { engine } from '../rpc/connection.ts'
import { doing } from '../shell/doing.ts'
import { changeSettings, useSettings } from '../shell/settings.ts'
import { useOverview } from '../shell/titles.ts'
import { windowState } from '../shell/window-state.ts'
import { Button } from '../ui/button.tsx'
import { Facts } from '../ui/details.tsx'
import { Segments } from '../ui/segments.tsx'
import { useStore } from '../ui/store.ts'
import './settings.css'

const themes = [
  { value: 'system', title: 'System' },
  { value: 'light', title: 'Light' },
  { value: 'dark', title: 'Dark' },
  { value: 'high-contrast', title: 'High contrast' },
] as const satisfies readonly { value: Settings['theme']; title: string }[]

export function SettingsView() {
  const settings = useSettings()
  const overview = useOverview()
  const { zoom } = useStore(windowState)
  return (
    <div className="settings" tabIndex={-1}>
      <h2>Settings</h2>
      <Setting title="Theme" note="System follows the colours of your system as they change.">
        <Segments label="Theme" value={settings.theme} options={themes} onChange={(theme) => changeSettings({ theme })} />
      </Setting>
      <Setting title="Times" note="In tables, logs and timelines.">
        <Segments
          label="Times"
          value={settings.timeZone}
          options={[
            { value: 'local', title: 'Local' },
            { value: 'UTC', title: 'UTC' },
          ]}
          onChange={(timeZone) => changeSettings({ timeZone })}
        />
      </Setting>
      <Setting title="Zoom" note="Of the whole window.">
        <Stepper
          label="Zoom"
          value={`${Math.round(zoom * 100)} %`}
          onStep={(step) =>
            windowState.set((now) => ({ ...now, zoom: Math.round(Math.max(0.7, Math.min(2, now.zoom + step * 0.1)) * 10) / 10 }))
          }
        />
      </Setting>
      <Setting title="Text size" note="Of the interface.">
        <Stepper
          label="Text size"
          value={`${settings.fontSize} px`}
          onStep={(step) => changeSettings({ fontSize: clamp(settings.fontSize + step) })}
        />
      </Setting>
      <Setting title="Log text size" note="Of rows, code and records.">
        <Stepper
          label="Log text size"
          value={`${settings.logFontSize} px`}
          onStep={(step) => changeSettings({ logFontSize: clamp(settings.logFontSize + step * 0.5) })}
        />
      </Setting>
      <Setting title="Long lines" note="In logs; w switches it there.">
        <label className="ui-check">
          <input type="checkbox" checked={settings.wrapLines} onChange={(event) => changeSettings({ wrapLines: event.target.checked })} />
          Wrap
        </label>
      </Setting>
      <Setting
        title="Batches"
        note="Samples of records, counts and times of every batch, kept for looking back and replay. Bounded in size."
      >
        <label className="ui-check">
          <input
            type="checkbox"
            checked={settings.recordBatches}
            onChange={(event) => changeSettings({ recordBatches: event.target.checked })}
          />
          Record
        </label>
      </Setting>
      {overview !== undefined && (
        <>
          <h2>About</h2>
          <Facts
            facts={[
              { name: 'Millrace', value: overview.version },
              { name: 'Workspace', value: overview.workspace, mono: true },
              { name: 'Pipelines folder', value: overview.pipelinesFolder, mono: true },
              { name: 'Engine process', value: overview.pid },
            ]}
          />
          <div className="settings-actions">
            <Button
              onClick={() =>
                void doing('The diagnostics could not be copied', async () =>
                  navigator.clipboard.writeText(await engine.workspace.diagnostics()),
                )
              }
            >
              Copy diagnostics
            </Button>
          </div>
        </>
      )}
    </div>
  )
}

function clamp(size: number): number {
  return Math.max(9, Math.min(24, size))
}

function Setting({ title, note, children }: { title: string; note: string; children: ReactNode }) {
  return (
    <div className="setting">
      <div>
        <div className="setting-title">{title}</div>
        <div className="setting-note">{note}</div>
      </div>
      <div>{children}</div>
    </div>
  )
}

function Stepper({ label, value, onStep }: { label: string; value: string; onStep: (step: 1 | -1) => void }) {
  return (
    <div role="group" aria-label={label} className="ui-segments stepper">
      <button type="button" aria-label="Smaller" onClick={() => onStep(-1)}>
        −
      </button>
      <output>{value}</output>
      <button type="button" aria-label="Larger" onClick={() => onStep(1)}>
        +
      </button>
    </div>
  )
}
