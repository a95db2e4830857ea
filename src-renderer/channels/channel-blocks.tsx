// What there is to know of a channel: its level, its facts, its files, and what a check of them found.
import type { ChannelCheck, ChannelDescription, ChannelSegment, ChannelSummary } from '../../src-shared/contract/channels.ts'
import type { ChannelLevel } from '../../src-shared/contract/pipelines.ts'
import { Button } from '../ui/button.tsx'
import { Block, Facts } from '../ui/details.tsx'
import { baseName, formatBytes, formatCount, formatDuration, formatForecast, formatShare } from '../ui/format.ts'
import { LevelBar } from '../ui/level-bar.tsx'

export function Level({ level }: { level: ChannelLevel }) {
  return (
    <Block title="Level" side={level.capacity > 0 && <span className="channel-fill">{formatShare(level.fill)} full</span>}>
      <LevelBar level={level} tall />
      <ul className="channel-legend" aria-hidden="true">
        {level.retainedEvents !== undefined && (
          <li>
            <i className="channel-key channel-key-kept" /> {formatCount(level.retainedEvents)} consumed, kept for looking back
          </li>
        )}
        <li>
          <i className="channel-key channel-key-waiting" /> {formatCount(level.size)} waiting
        </li>
        {level.capacity > 0 && (
          <li>
            <i className="channel-key" /> {formatCount(Math.max(0, level.capacity - level.size))} free
          </li>
        )}
      </ul>
      {formatForecast(level.secondsToFull) !== undefined && level.secondsToFull !== undefined && (
        <p className="channel-forecast">At this rate it is full in {formatDuration(level.secondsToFull * 1000)}; then its sources wait.</p>
      )}
    </Block>
  )
}

/** `description`: what only the channel's files say, once they have been asked. */
export function About({ channel, description }: { channel: ChannelSummary; description: ChannelDescription | undefined }) {
  const { level } = channel
  return (
    <Block title="About">
      <Facts
        facts={[
          { name: 'type', value: channel.type },
          { name: 'pipeline', value: channel.pipeline },
          channel.folder !== undefined && { name: 'folder', value: channel.folder, mono: true },
          level.oldestOrdinal !== undefined &&
            level.nextOrdinal !== undefined && {
              name: 'events',
              value: `${formatCount(level.oldestOrdinal)} … ${formatCount(level.nextOrdinal)}`,
              mono: true,
            },
          level.diskBytes !== undefined && {
            name: 'on disk',
            value: formatBytes(level.diskBytes),
            title: `${formatCount(level.diskBytes)} bytes`,
          },
          description?.durability !== undefined && { name: 'durability', value: description.durability },
          description?.retention !== undefined && {
            name: 'retention',
            value: `${formatBytes(description.retention.bytes)} or ${formatDuration(description.retention.ageMs)}`,
          },
        ]}
      />
    </Block>
  )
}

export interface CheckNoticeProps {
  check: ChannelCheck
  /** Only then can it be repaired. */
  stopped: boolean
  onRepair: () => void
  onDismiss: () => void
}

export function CheckNotice({ check, stopped, onRepair, onDismiss }: CheckNoticeProps) {
  return (
    <div className={check.ok ? 'view-notice view-notice-good' : 'view-notice view-notice-warning'} role="status">
      <div className="grow selectable">
        {check.sentence}
        {check.findings.map((finding) => (
          <div key={`${finding.file}${finding.message}`}>
            {finding.file}: {finding.message} {finding.hint}
          </div>
        ))}
        {!check.ok && <div>A repair writes anew what can be read, gives up the rest, and keeps the damaged files aside.</div>}
      </div>
      {!check.ok && (
        <Button look="danger" onClick={onRepair} whyNot={stopped ? undefined : 'Stop its pipeline first: it writes to these files.'}>
          Repair
        </Button>
      )}
      <Button onClick={onDismiss}>Dismiss</Button>
    </div>
  )
}

export function Segments({ segments }: { segments: readonly ChannelSegment[] }) {
  return (
    <Block title="Files">
      <table className="channel-table">
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col" className="num">
              First
            </th>
            <th scope="col" className="num">
              Last
            </th>
            <th scope="col" className="num">
              Size
            </th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {segments.map((segment) => (
            <tr key={segment.file}>
              <td className="mono selectable" title={segment.file}>
                {baseName(segment.file)}
              </td>
              <td className="num mono">{formatCount(segment.firstOrdinal)}</td>
              <td className="num mono">{formatCount(segment.lastOrdinal)}</td>
              <td className="num">{formatBytes(segment.bytes)}</td>
              <td className={segment.state === 'damaged' ? 'channel-damaged' : undefined}>{segment.state}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Block>
  )
}
