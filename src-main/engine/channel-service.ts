// The channels of all pipelines, for the contract's `channels` area.
import { existsSync } from 'node:fs'
import type { ChannelCheck, ChannelDescription, ChannelRepair, ChannelSegment, ChannelSummary } from '../../src-shared/contract/channels.ts'
import type { ChannelLevel } from '../../src-shared/contract/pipelines.ts'
import { MillraceError, messageOf } from '../../src-shared/errors.ts'
import type { ChannelConfiguration } from '../../src-shared/flume/agent-configuration.ts'
import type { Channel } from '../agent/channel/channel.ts'
import { type DurableChannel, isDurable } from '../agent/channel/durable-channel.ts'
import { channelFolder, isDurableType } from '../agent/channel/durable-channels-of.ts'
import { describeChannel } from '../agent/channel/log/describe-channel.ts'
import { failure } from '../agent/channel/log/log-errors.ts'
import { indexPath, listSegments, readLogFolder, segmentBytes } from '../agent/channel/log/log-folder.ts'
import { checkInThread, repairInThread } from '../agent/channel/log/log-tasks.ts'
import type { Clock } from '../clock.ts'
import type { Registry } from '../component/registry.ts'
import { sameJson, sampledValues } from './live.ts'
import type { Pipeline } from './pipeline/pipeline.ts'
import type { PipelineService } from './pipeline/pipeline-service.ts'

interface Found {
  readonly pipeline: Pipeline
  readonly agent: string
  readonly configuration: ChannelConfiguration
  readonly durable: boolean
  /** Where it lies, when it is durable. */
  readonly folder: string
  /** Undefined while it is not open. */
  readonly channel: Channel | undefined
}

const emptyLevel: ChannelLevel = { size: 0, capacity: 0, fill: 0, cursors: [] }
/** A closed channel does not change by itself: its files are looked at this often at most. */
const closedLookMs = 2000

export class ChannelService {
  readonly #pipelines: PipelineService
  readonly #registry: Registry
  readonly #clock: Clock
  readonly #closed = new Map<string, { readonly at: number; readonly level: ChannelLevel; readonly sentence: string }>()

  constructor(pipelines: PipelineService, registry: Registry, clock: Clock) {
    this.#pipelines = pipelines
    this.#registry = registry
    this.#clock = clock
  }

  list(signal: AbortSignal | undefined): AsyncGenerator<readonly ChannelSummary[]> {
    return sampledValues(() => this.all(), { clock: this.#clock, everyMs: 250, signal }, sameJson)
  }

  all(): readonly ChannelSummary[] {
    return this.#pipelines.all.flatMap((pipeline) => {
      const levels = new Map(pipeline.snapshot().components.map((component) => [component.id, component]))
      return this.#channelsOf(pipeline).map((found) => {
        const component = levels.get(`${found.agent}.channels.${found.configuration.name}`)
        if (found.channel !== undefined) return summary(found, component?.sentence ?? '', component?.channel ?? emptyLevel)
        const { sentence, level } = this.#closedState(found)
        // Why it could not be opened; one whose pipeline does not run is no component.
        return summary(found, component?.sentence || sentence, level)
      })
    })
  }

  describe(id: string): ChannelDescription {
    const found = this.#find(id)
    const listed = this.all().find((channel) => channel.id === id)!
    const { channel } = found
    if (channel === undefined || !isDurable(channel)) return { ...listed, segments: [] }
    return { ...listed, segments: segmentsOf(channel) }
  }

  /** Also of a channel whose pipeline does not run. In a thread of its own. */
  async check(id: string): Promise<ChannelCheck> {
    const found = this.#find(id)
    const report = found.channel === undefined ? await checkInThread(this.#folderOnDisk(found)) : await this.#durable(id).check()
    const findings = report.damage.map(({ file, message }) => ({ file, message }))
    const sentence =
      findings.length === 0
        ? `${report.events} events in ${report.segments} segments were read; every checksum matches.`
        : `${findings.length} of ${report.segments} segments are damaged. They were left untouched. Stop the pipeline, then repair the channel.`
    return { ok: findings.length === 0, sentence, findings }
  }

  /** In a thread of its own. What cannot be read is given up, so the pipeline must not run meanwhile. */
  async repair(id: string): Promise<ChannelRepair> {
    const found = this.#find(id)
    if (found.pipeline.agents.length > 0) {
      throw new MillraceError('BAD_ARGUMENT', `The pipeline ${found.pipeline.name} runs. Stop it, then repair its channel.`)
    }
    const { damage, lostEvents, moved, cursorsLost } = await repairInThread(this.#folderOnDisk(found))
    this.#closed.delete(id)
    const again = cursorsLost
      ? ' Its cursors were lost too: every consumer begins at the oldest event that is kept, so events may come twice.'
      : ''
    const lost = lostEvents === 1 ? '1 event is' : `${lostEvents} events are`
    const sentence =
      damage.length === 0 ? 'It is sound; nothing was changed.' : `Repaired: ${lost} lost. The damaged files were moved aside.${again}`
    return { sentence, lostEvents, moved }
  }

  async forgetHistory(id: string): Promise<{ freedBytes: number }> {
    const channel = this.#durable(id)
    const before = channel.retained().bytes
    await channel.forgetHistory()
    return { freedBytes: Math.max(0, before - channel.retained().bytes) }
  }

  async release(id: string, consumer: string): Promise<void> {
    const channel = this.#durable(id)
    if (consumer === 'sinks') await channel.wireSinks(false)
    else await (await this.#cursor(channel, consumer)).release()
  }

  async skipToNow(id: string, consumer: string): Promise<{ skipped: number }> {
    const channel = this.#durable(id)
    if (consumer === 'sinks') {
      throw new MillraceError(
        'BAD_ARGUMENT',
        'Sinks share one cursor and take their events in transactions; skipping is for streams. Stop the sinks and release them instead.',
      )
    }
    const cursor = await this.#cursor(channel, consumer)
    const skipped = Math.max(0, channel.extent().next - cursor.position)
    await cursor.skipToNow()
    return { skipped }
  }

  /** What lies on the disk of a channel that is closed. */
  #closedState(found: Found): { sentence: string; level: ChannelLevel } {
    const id = idOf(found)
    const known = this.#closed.get(id)
    const now = this.#clock.monotonic()
    if (known !== undefined && now - known.at < closedLookMs) return known
    const state = { at: now, ...closedState(found) }
    this.#closed.set(id, state)
    return state
  }

  #folderOnDisk({ durable, folder, configuration }: Found): string {
    if (!durable || !existsSync(indexPath(folder))) {
      throw new MillraceError(
        'NOT_FOUND',
        `The channel ${configuration.name} has no files yet: they are made when its pipeline first runs.`,
      )
    }
    return folder
  }

  async #cursor(channel: DurableChannel, consumer: string) {
    if (!channel.cursors().some((cursor) => cursor.kind === 'stream' && cursor.name === consumer)) {
      throw new MillraceError('NOT_FOUND', `The channel ${channel.name} has no consumer ${consumer}.`)
    }
    return await channel.streamCursor(consumer)
  }

  #durable(id: string): DurableChannel {
    const { channel, configuration, pipeline } = this.#find(id)
    if (channel === undefined) {
      throw new MillraceError(
        'BAD_ARGUMENT',
        `The channel ${configuration.name} is not open. Start the pipeline ${pipeline.name} for this.`,
      )
    }
    if (!isDurable(channel))
      throw new MillraceError('BAD_ARGUMENT', `The channel ${configuration.name} is not durable: it has no files and no cursors.`)
    return channel
  }

  #find(id: string): Found {
    for (const pipeline of this.#pipelines.all) {
      const found = this.#channelsOf(pipeline).find((candidate) => idOf(candidate) === id)
      if (found !== undefined) return found
    }
    throw new MillraceError('NOT_FOUND', `There is no channel ${id} in this workspace.`)
  }

  #channelsOf(pipeline: Pipeline): Found[] {
    return pipeline.loaded.agents.flatMap((agent) => {
      const running = pipeline.agents.find((candidate) => candidate.name === agent.name)
      return agent.channels.map((configuration) => ({
        pipeline,
        agent: agent.name,
        configuration,
        durable: isDurableType(this.#registry, configuration),
        folder: channelFolder(configuration, pipeline.agentFolder(agent.name)),
        channel: running?.channel(configuration.name),
      }))
    })
  }
}

function idOf({ pipeline, agent, configuration }: Found): string {
  return `${pipeline.id}/${agent}.channels.${configuration.name}`
}

function summary(found: Found, sentence: string, level: ChannelLevel): ChannelSummary {
  const { pipeline, agent, configuration, durable, folder, channel } = found
  return {
    id: idOf(found),
    pipeline: pipeline.id,
    agent,
    name: configuration.name,
    type: configuration.type,
    durable,
    ...(durable && { folder }),
    open: channel !== undefined,
    sentence,
    level,
  }
}

function closedState({ durable, folder }: Found): { sentence: string; level: ChannelLevel } {
  const closed = 'Closed: its pipeline does not run.'
  if (!durable) return { sentence: `${closed} What was in memory is gone.`, level: emptyLevel }
  if (!existsSync(indexPath(folder))) return { sentence: `${closed} It was never open.`, level: emptyLevel }
  try {
    const { extent, bytes, cursors } = describeChannel(folder)
    const shown = cursors.map(({ name, kind, position, pinnedEvents }) => ({
      consumer: name,
      kind,
      ordinal: position,
      behind: pinnedEvents,
      pins: pinnedEvents > 0,
      running: false,
    }))
    const size = Math.max(0, ...cursors.map((cursor) => cursor.pinnedEvents))
    const level = { size, capacity: 0, fill: 0, oldestOrdinal: extent.first, nextOrdinal: extent.next, diskBytes: bytes, cursors: shown }
    return { sentence: closed, level: { ...level, retainedEvents: Math.max(0, extent.next - extent.first - size) } }
  } catch (error) {
    return { sentence: messageOf(error), level: emptyLevel }
  }
}

/** Throws IO when its folder cannot be read any more. */
function segmentsOf(channel: DurableChannel): ChannelSegment[] {
  const { next } = channel.extent()
  try {
    const segments = listSegments(readLogFolder(channel.folder))
    return segments.map(({ first, path }, index) => ({
      file: path,
      bytes: segmentBytes(path),
      firstOrdinal: first,
      lastOrdinal: (segments[index + 1]?.first ?? next) - 1,
      state: index === segments.length - 1 ? 'open' : 'sealed',
    }))
  } catch (error) {
    throw failure('Looking at the files of the channel', channel.folder, error)
  }
}
