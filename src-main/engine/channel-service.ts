// The channels of all pipelines, for the contract's `channels` area.
import type { ChannelCheck, ChannelDescription, ChannelSegment, ChannelSummary } from '../../src-shared/contract/channels.ts'
import type { ChannelLevel } from '../../src-shared/contract/pipelines.ts'
import { MillraceError } from '../../src-shared/errors.ts'
import type { ChannelConfiguration } from '../../src-shared/flume/agent-configuration.ts'
import type { Channel } from '../agent/channel/channel.ts'
import { type DurableChannel, isDurable } from '../agent/channel/durable-channel.ts'
import { listSegments, readLogFolder, segmentBytes } from '../agent/channel/log/log-folder.ts'
import type { Clock } from '../clock.ts'
import { sameJson, sampledValues } from './live.ts'
import type { Pipeline } from './pipeline/pipeline.ts'
import type { PipelineService } from './pipeline/pipeline-service.ts'

interface Found {
  readonly pipeline: Pipeline
  readonly agent: string
  readonly configuration: ChannelConfiguration
  /** Undefined while its pipeline does not run. */
  readonly channel: Channel | undefined
}

const closedLevel: ChannelLevel = { size: 0, capacity: 0, fill: 0, cursors: [] }

export class ChannelService {
  readonly #pipelines: PipelineService
  readonly #clock: Clock

  constructor(pipelines: PipelineService, clock: Clock) {
    this.#pipelines = pipelines
    this.#clock = clock
  }

  list(signal: AbortSignal | undefined): AsyncGenerator<readonly ChannelSummary[]> {
    return sampledValues(() => this.all(), { clock: this.#clock, everyMs: 250, signal }, sameJson)
  }

  all(): readonly ChannelSummary[] {
    return this.#pipelines.all.flatMap((pipeline) => {
      const levels = new Map(pipeline.snapshot().components.map((component) => [component.id, component]))
      return this.#channelsOf(pipeline).map((found) => summary(found, levels.get(`${found.agent}.channels.${found.configuration.name}`)))
    })
  }

  describe(id: string): ChannelDescription {
    const found = this.#find(id)
    const listed = this.all().find((channel) => channel.id === id)!
    const { channel } = found
    if (channel === undefined || !isDurable(channel)) return { ...listed, segments: [] }
    return { ...listed, segments: segmentsOf(channel) }
  }

  async check(id: string): Promise<ChannelCheck> {
    const report = await this.#durable(id).check()
    const findings = report.damage.map(({ file, message }) => ({ file, message }))
    const sentence =
      findings.length === 0
        ? `${report.events} events in ${report.segments} segments were read; every checksum matches.`
        : `${findings.length} of ${report.segments} segments are damaged. They were left untouched; repair takes the channel stopped.`
    return { ok: findings.length === 0, sentence, findings }
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

  /** The folder of a running durable channel, and what may be asked of it. */
  durable(pipeline: string, agent: string, name: string): DurableChannel | undefined {
    const channel = this.#pipelines
      .find(pipeline)
      .agents.find((candidate) => candidate.name === agent)
      ?.channel(name)
    return channel !== undefined && isDurable(channel) ? channel : undefined
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
        `The pipeline ${pipeline.name} does not run, so its channel ${configuration.name} is closed. Start it, or use \`millrace channel\` on its folder.`,
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
        channel: running?.channel(configuration.name),
      }))
    })
  }
}

function idOf({ pipeline, agent, configuration }: Found): string {
  return `${pipeline.id}/${agent}.channels.${configuration.name}`
}

function summary(found: Found, component: { sentence: string; channel?: ChannelLevel } | undefined): ChannelSummary {
  const { pipeline, agent, configuration, channel } = found
  const durable = channel !== undefined && isDurable(channel)
  return {
    id: idOf(found),
    pipeline: pipeline.id,
    agent,
    name: configuration.name,
    type: configuration.type,
    durable: durable || configuration.type !== 'memory',
    ...(durable && { folder: channel.folder }),
    open: channel !== undefined,
    sentence: channel === undefined ? 'Closed: its pipeline does not run.' : (component?.sentence ?? ''),
    level: component?.channel ?? closedLevel,
  }
}

function segmentsOf(channel: DurableChannel): ChannelSegment[] {
  const segments = listSegments(readLogFolder(channel.folder))
  const { next } = channel.extent()
  return segments.map(({ first, path }, index) => ({
    file: path,
    bytes: segmentBytes(path),
    firstOrdinal: first,
    lastOrdinal: (segments[index + 1]?.first ?? next) - 1,
    state: index === segments.length - 1 ? 'open' : 'sealed',
  }))
}
