// The status bar: what the engine does in one line, and the active view's own items at the right.
import { useCallback } from 'react'
import { useConnectionState } from '../rpc/live.ts'
import { runCommand } from '../shell/command-registry.ts'
import { useTimeZone } from '../shell/settings.ts'
import { statusSlot } from '../shell/slots.tsx'
import { openTab } from '../shell/tabs.ts'
import { useChannels, useOverview } from '../shell/titles.ts'
import { windowState } from '../shell/window-state.ts'
import { formatBytes, formatCount, formatForecast, formatRate, formatShare, plural } from '../ui/format.ts'
import { StateMark } from '../ui/state-mark.tsx'
import { useStore } from '../ui/store.ts'
import './status-bar.css'

export function StatusBar() {
  const overview = useOverview()
  const connection = useConnectionState()
  const channels = useChannels()
  const { zoom } = useStore(windowState)
  const zone = useTimeZone()
  const slot = useCallback((element: HTMLElement | null) => statusSlot.set(element), [])
  const running = (overview?.running.pipelines ?? 0) + (overview?.running.streams ?? 0)
  const fullest = overview?.fullestChannel
  const fullestChannel = channels?.find((each) => each.name === fullest?.channel && each.pipeline === fullest.pipeline)
  const forecast = formatForecast(fullest?.secondsToFull)
  const problems = (overview?.problems.errors ?? 0) + (overview?.problems.warnings ?? 0)
  return (
    <div role="contentinfo" className="status-bar" aria-label="Status" data-region="status" tabIndex={-1}>
      {connection !== 'connected' || overview === undefined ? (
        <span className="status-item">
          {connection === 'connected' ? 'Engine is starting' : connection === 'lost' ? 'Engine is away' : 'Connecting'}
        </span>
      ) : (
        <>
          <span
            className="status-item"
            title={`Engine ${overview.version}, process ${overview.pid}, ${formatBytes(overview.memory.rssBytes)} of memory\nWorkspace ${overview.workspace}`}
          >
            <StateMark state={running > 0 ? 'running' : 'stopped'} quiet />
            {running > 0 ? `${running} running` : 'Nothing runs'}
          </span>
          <span
            className="status-item status-rate"
            title={`${formatCount(overview.events.inPerSecond)} events per second put into channels`}
          >
            <span aria-hidden="true">↓</span>
            <span className="sr-only">in</span>
            {formatRate(overview.events.inPerSecond)}
          </span>
          <span className="status-item status-rate" title={`${formatCount(overview.events.outPerSecond)} events per second taken by sinks`}>
            <span aria-hidden="true">↑</span>
            <span className="sr-only">out</span>
            {formatRate(overview.events.outPerSecond)}
          </span>
          {fullest !== undefined && (
            <button
              type="button"
              className="status-item status-button"
              title={`Fullest channel: ${fullest.channel}`}
              onClick={() => fullestChannel !== undefined && openTab({ view: 'channel', id: fullestChannel.id })}
            >
              {fullest.channel} {formatShare(fullest.fill)}
              {forecast !== undefined && ` (${forecast})`}
            </button>
          )}
          {problems > 0 && (
            <button
              type="button"
              className={
                overview.problems.errors > 0 ? 'status-item status-button status-serious' : 'status-item status-button status-warning'
              }
              title={`${plural(overview.problems.errors, 'error')}, ${plural(overview.problems.warnings, 'warning')}`}
              onClick={() => windowState.set((now) => ({ ...now, panel: { ...now.panel, open: true, tab: 'problems' } }))}
            >
              <span aria-hidden="true">⚠</span> {problems}
              <span className="sr-only"> problems</span>
            </button>
          )}
        </>
      )}
      <span className="grow" />
      <span ref={slot} className="status-slot" />
      <button
        type="button"
        className="status-item status-button"
        title="Times in UTC or local"
        onClick={() => runCommand('time-zone.toggle')}
      >
        {zone === 'utc' ? 'UTC' : 'Local time'}
      </button>
      {zoom !== 1 && (
        <button type="button" className="status-item status-button" title="Actual size" onClick={() => runCommand('zoom.reset')}>
          {Math.round(zoom * 100)} %
        </button>
      )}
    </div>
  )
}
