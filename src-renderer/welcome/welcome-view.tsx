// The start page: what to do first, and what was open lately.
import { FileCode, FolderOpen, Play, ScrollText, Workflow } from 'lucide-react'
import type { ReactNode } from 'react'
import type { CommandId } from '../../src-shared/command/commands.ts'
import { engine } from '../rpc/connection.ts'
import { useLive } from '../rpc/live.ts'
import { keysOf, runCommand } from '../shell/command-registry.ts'
import { openPath } from '../shell/files.ts'
import { useTimeZone } from '../shell/settings.ts'
import { useOverview } from '../shell/titles.ts'
import { baseName, formatDateTime } from '../ui/format.ts'
import { Keys } from '../ui/keys.tsx'
import './welcome.css'

const kinds = { log: <ScrollText size={14} />, pipeline: <Workflow size={14} />, program: <FileCode size={14} /> } as const

export function WelcomeView() {
  const recent = useLive('recent', (client) => client.workspace.recent()).value ?? []
  const overview = useOverview()
  const zone = useTimeZone()
  return (
    <div className="welcome" tabIndex={-1}>
      <div className="welcome-page">
        <h1>Millrace</h1>
        <p className="welcome-claim">
          Log pipelines and micro-batches on your own machine: see what flows, keep it, work on it, run it again.
        </p>
        {overview?.recovered !== undefined && <p className="welcome-recovered">{overview.recovered}</p>}
        <div className="welcome-columns">
          <section aria-label="Start">
            <h2>Start</h2>
            <Action
              primary={overview?.firstRun !== false}
              icon={<Play size={16} />}
              title="Watch the demo"
              note="An access log is written, tailed into a durable channel, written out again, and counted in 1 s batches."
              command="demo.start"
            />
            <Action
              icon={<FolderOpen size={16} />}
              title="Open a file"
              note="A log, followed as it grows; a .properties file of Flume; a stream program. Or drop it anywhere on this window."
              command="file.open"
            />
            <Action
              icon={<Workflow size={16} />}
              title="New pipeline"
              note="A source, a channel and a sink to begin with, on a canvas and as text."
              command="pipeline.new"
            />
          </section>
          <section aria-label="Recent">
            <h2>Recent</h2>
            {recent.length === 0 && <p className="muted">Files that you open are listed here.</p>}
            <ul>
              {recent.slice(0, 10).map((file) => (
                <li key={file.path} className="welcome-recent">
                  <button type="button" title={file.path} onClick={() => void openPath(file.path)}>
                    {kinds[file.kind]}
                    <span className="welcome-name">{baseName(file.path)}</span>
                    <span className="welcome-path">{file.path}</span>
                    <span className="muted">{formatDateTime(file.openedAt, zone).slice(0, 16)}</span>
                  </button>
                  <button
                    type="button"
                    className="welcome-forget"
                    aria-label={`Forget ${baseName(file.path)}`}
                    onClick={() => void engine.workspace.forgetRecent({ path: file.path }).catch(() => undefined)}
                  >
                    ×
                  </button>
                </li>
              ))}
            </ul>
          </section>
        </div>
        <p className="welcome-keys">
          <Hint command="palette.show" text="all commands" />
          <Hint command="quick-open.show" text="go to" />
          <Hint command="keys.show" text="shortcuts" />
        </p>
      </div>
    </div>
  )
}

function Action({
  icon,
  title,
  note,
  command,
  primary = false,
}: {
  icon: ReactNode
  title: string
  note: string
  command: CommandId
  primary?: boolean
}) {
  return (
    <button
      type="button"
      className={primary ? 'welcome-action welcome-action-primary' : 'welcome-action'}
      onClick={() => runCommand(command)}
    >
      <span className="welcome-icon">{icon}</span>
      <span>
        <span className="welcome-title">{title}</span>
        <span className="welcome-note">{note}</span>
      </span>
    </button>
  )
}

function Hint({ command, text }: { command: CommandId; text: string }) {
  const keys = keysOf(command)
  return (
    <span>
      {keys !== undefined && <Keys chord={keys} />} {text}
    </span>
  )
}
