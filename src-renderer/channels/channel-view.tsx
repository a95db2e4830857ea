// A channel: its level as a log, who holds what back, its files, and what can be done about it.
import { useEffect, useState } from 'react'
import type { ChannelCheck, ChannelDescription, ChannelSegment } from '../../src-shared/contract/channels.ts'
import { asMillraceError } from '../../src-shared/contract/client.ts'
import type { ConsumerCursor } from '../../src-shared/contract/pipelines.ts'
import { engine } from '../rpc/connection.ts'
import { doing } from '../shell/doing.ts'
import { hashOf } from '../shell/routes.ts'
import { closeTab, openTab } from '../shell/tabs.ts'
import { useChannels, usePipelines, useStreams } from '../shell/titles.ts'
import { Button } from '../ui/button.tsx'
import { Block, Facts } from '../ui/details.tsx'
import { Empty } from '../ui/empty.tsx'
import { baseName, formatBytes, formatCount, formatDuration, formatForecast, formatShare, plural } from '../ui/format.ts'
import { LevelBar } from '../ui/level-bar.tsx'
import { StateMark } from '../ui/state-mark.tsx'
import './channels.css'

export function ChannelView({ id }: { id: string }) {
  const channels = useChannels()
  const summary = channels?.find((each) => each.id === id)
  const [description, setDescription] = useState<ChannelDescription>()
  const [trouble, setTrouble] = useState<string>()
  const [check, setCheck] = useState<ChannelCheck | 'running'>()
  const [done, setDone] = useState<string>()
  const [asks, setAsks] = useState<{ readonly consumer: string; readonly what: 'release' | 'skip' }>()
  const pipeline = usePipelines()?.find((each) => each.id === summary?.pipeline)
  const streams = useStreams()
  const segmentsKey = summary?.level.diskBytes

  // biome-ignore lint/correctness/useExhaustiveDependencies: files are asked for again when their size changes
  useEffect(() => {
    let left = false
    engine.channels.describe({ id }).then(
      (answer) => !left && setDescription(answer),
      (thrown) => !left && setTrouble(asMillraceError(thrown).message),
    )
    return () => {
      left = true
    }
  }, [id, segmentsKey, done])

  const channel = summary ?? description
  if (channel === undefined) {
    if (trouble === undefined) return null
    return (
      <Empty
        title="This channel cannot be shown"
        actions={<Button onClick={() => closeTab(hashOf({ view: 'channel', id }))}>Close tab</Button>}
      >
        {trouble}
      </Empty>
    )
  }
  const { level } = channel
  const runCheck = async (): Promise<void> => {
    setCheck('running')
    setCheck(await doing('The channel could not be checked', () => engine.channels.check({ id })))
  }
  const repair = async (): Promise<void> => {
    const answer = await doing('The channel could not be repaired', () => engine.channels.repair({ id }))
    if (answer === undefined) return
    setCheck(undefined)
    setDone([answer.sentence, ...answer.moved.slice(0, 1)].join(' '))
  }
  const forget = async (): Promise<void> => {
    const answer = await doing('The history could not be forgotten', () => engine.channels.forgetHistory({ id }))
    if (answer !== undefined) setDone(`${formatBytes(answer.freedBytes)} freed.`)
  }
  const act = async (consumer: string, what: 'release' | 'skip'): Promise<void> => {
    setAsks(undefined)
    if (what === 'release') {
      const answer = await doing(`${consumer} could not be released`, async () => {
        await engine.channels.release({ id, consumer })
        return true
      })
      if (answer !== undefined) setDone(`${consumer} holds nothing back any more.`)
    } else {
      const answer = await doing(`${consumer} could not be moved`, () => engine.channels.skipToNow({ id, consumer }))
      if (answer !== undefined) setDone(`${consumer} goes on with the next event and leaves out ${plural(answer.skipped, 'event')}.`)
    }
  }
  const nameOf = (cursor: ConsumerCursor): string =>
    cursor.kind === 'sinks' ? 'Sinks' : (streams?.find((each) => each.id === cursor.consumer)?.name ?? baseName(cursor.consumer))
  return (
    <div className="channel">
      <header className="view-head">
        <StateMark state={channel.open ? (level.fill >= 0.999 ? 'full' : 'running') : 'stopped'} />
        <span className="view-sentence ellipsis">{channel.sentence}</span>
        <span className="grow" />
        {pipeline !== undefined && <Button onClick={() => openTab({ view: 'pipeline', id: pipeline.id })}>{pipeline.name}</Button>}
        {channel.durable && (
          <>
            <Button onClick={() => void forget()}>Forget history</Button>
            <Button onClick={() => void runCheck()} disabled={check === 'running'}>
              {check === 'running' ? 'Checking…' : 'Check'}
            </Button>
          </>
        )}
      </header>
      {done !== undefined && (
        <div className="view-notice" role="status">
          <span className="grow">{done}</span>
          <Button onClick={() => setDone(undefined)}>Dismiss</Button>
        </div>
      )}
      {check !== undefined && check !== 'running' && (
        <CheckNotice check={check} stopped={!channel.open} onRepair={() => void repair()} onDismiss={() => setCheck(undefined)} />
      )}
      <div className="channel-body">
        <Block title="Level" side={<span className="channel-fill">{formatShare(level.fill)} full</span>}>
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
            <li>
              <i className="channel-key" /> {formatCount(Math.max(0, level.capacity - level.size))} free
            </li>
          </ul>
          {formatForecast(level.secondsToFull) !== undefined && level.secondsToFull !== undefined && (
            <p className="channel-forecast">
              At this rate it is full in {formatDuration(level.secondsToFull * 1000)}; then its sources wait.
            </p>
          )}
        </Block>
        <Block title="Consumers">
          {level.cursors.length === 0 ? (
            <p className="muted">Nobody consumes this channel.</p>
          ) : (
            <table className="channel-table">
              <thead>
                <tr>
                  <th scope="col">Consumer</th>
                  <th scope="col">State</th>
                  <th scope="col" className="num">
                    Stands at
                  </th>
                  <th scope="col" className="num">
                    Behind
                  </th>
                  <th scope="col">Holds back</th>
                  <th scope="col">
                    <span className="sr-only">Actions</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {level.cursors.map((cursor) => (
                  <tr key={cursor.consumer}>
                    <td title={cursor.consumer}>{nameOf(cursor)}</td>
                    <td>
                      <StateMark state={cursor.running ? 'running' : 'stopped'} />
                    </td>
                    <td className="num mono">{formatCount(cursor.ordinal)}</td>
                    <td className="num">{formatCount(cursor.behind)}</td>
                    <td>{cursor.pins ? plural(cursor.behind, 'event') : 'nothing'}</td>
                    <td className="channel-actions">
                      {asks?.consumer === cursor.consumer ? (
                        <>
                          <span>
                            {asks.what === 'release'
                              ? 'What it has not consumed may be lost to it.'
                              : `It leaves out ${plural(cursor.behind, 'event')}.`}
                          </span>
                          <Button look="danger" onClick={() => void act(cursor.consumer, asks.what)}>
                            {asks.what === 'release' ? 'Release' : 'Skip'}
                          </Button>
                          <Button onClick={() => setAsks(undefined)}>Keep</Button>
                        </>
                      ) : (
                        <>
                          {cursor.pins && !cursor.running && (
                            <Button onClick={() => setAsks({ consumer: cursor.consumer, what: 'release' })}>Release…</Button>
                          )}
                          {channel.durable && cursor.behind > 0 && (
                            <Button onClick={() => setAsks({ consumer: cursor.consumer, what: 'skip' })}>Skip to now…</Button>
                          )}
                        </>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </Block>
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
        {description !== undefined && description.segments.length > 0 && <Segments segments={description.segments} />}
      </div>
    </div>
  )
}

interface CheckNoticeProps {
  check: ChannelCheck
  /** Only then can it be repaired. */
  stopped: boolean
  onRepair: () => void
  onDismiss: () => void
}

function CheckNotice({ check, stopped, onRepair, onDismiss }: CheckNoticeProps) {
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
        <Button look="danger" onClick={onRepair} disabled={!stopped}>
          Repair
        </Button>
      )}
      <Button onClick={onDismiss}>Dismiss</Button>
    </div>
  )
}

function Segments({ segments }: { segments: readonly ChannelSegment[] }) {
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
