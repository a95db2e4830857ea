// The durable channels of the workspace's pipelines, as stream programs read them by name. A program may say `c1`, `a1.c1` or
// `orders/a1.c1`; the short names mean the channel of the stream's own pipeline, or the only one that is called so.
import { existsSync } from 'node:fs'
import type { ChannelConfiguration } from '../../../src-shared/flume/agent-configuration.ts'
import { type DurableChannel, isDurable } from '../../agent/channel/durable-channel.ts'
import { channelFolder, durableChannelsOf } from '../../agent/channel/durable-channels-of.ts'
import { indexPath } from '../../agent/channel/log/log-folder.ts'
import { openLogReader } from '../../agent/channel/log/log-reader.ts'
import type { Registry } from '../../component/registry.ts'
import type { StreamChannel } from '../../streaming/input/stream-channel.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'

/** One channel under all the names that mean it. */
interface NamedChannel {
  readonly pipeline: Pipeline
  readonly agent: string
  readonly configuration: ChannelConfiguration
  readonly folder: string
}

export class StreamChannels {
  readonly #pipelines: () => readonly Pipeline[]
  readonly #registry: Registry

  constructor(pipelines: () => readonly Pipeline[], registry: Registry) {
    this.#pipelines = pipelines
    this.#registry = registry
  }

  /** What stream `stream` may read; `own`: the pipeline that it belongs to. Channels that were never made yet are not among them. */
  forStream(stream: string, own: string | undefined): StreamChannel[] {
    const all = this.#all().filter(({ folder }) => existsSync(indexPath(folder)))
    const named = new Map<string, NamedChannel | undefined>()
    const offer = (name: string, channel: NamedChannel): void => {
      const before = named.get(name)
      if (!named.has(name) || channel.pipeline.id === own) named.set(name, channel)
      // Two of that name, neither the stream's own: the name means none of them.
      else if (before?.pipeline.id !== own) named.set(name, undefined)
    }
    for (const channel of all) {
      const { pipeline, agent, configuration } = channel
      offer(configuration.name, channel)
      offer(`${agent}.${configuration.name}`, channel)
      offer(`${pipeline.id}/${agent}.${configuration.name}`, channel)
    }
    return [...named].flatMap(([name, channel]) => (channel === undefined ? [] : [this.#streamChannel(name, channel, stream)]))
  }

  /** Which channel a name meant, as the contract's `channels` area names it and as its pipeline's graph does. */
  find(folder: string): { id: string; pipeline: string; node: string } | undefined {
    const found = this.#all().find((channel) => channel.folder === folder)
    if (found === undefined) return undefined
    const node = `${found.agent}.channels.${found.configuration.name}`
    return { id: `${found.pipeline.id}/${node}`, pipeline: found.pipeline.id, node }
  }

  /** The running channel in that folder: it pins for the stream from then on what the stream has not consumed. */
  async pin(folder: string, stream: string): Promise<void> {
    await this.#running(folder)?.streamCursor(stream)
  }

  #streamChannel(name: string, { folder }: NamedChannel, stream: string): StreamChannel {
    const running = (): DurableChannel | undefined => this.#running(folder)
    return {
      name,
      folder,
      extent: () => running()?.extent() ?? extentOnDisk(folder),
      // While the pipeline stands still the channel keeps everything, and hears of the newest position when both run again.
      advance: async (ordinal) => {
        const cursor = await running()?.streamCursor(stream)
        if (cursor !== undefined && ordinal > cursor.position) await cursor.advance(ordinal)
      },
      get position() {
        return running()
          ?.cursors()
          .find((cursor) => cursor.kind === 'stream' && cursor.name === stream)?.position
      },
    } as StreamChannel
  }

  #running(folder: string): DurableChannel | undefined {
    for (const pipeline of this.#pipelines()) {
      for (const agent of pipeline.agents) {
        for (const { name } of agent.configuration.channels) {
          const channel = agent.channel(name)
          if (channel !== undefined && isDurable(channel) && channel.folder === folder) return channel
        }
      }
    }
    return undefined
  }

  #all(): NamedChannel[] {
    return this.#pipelines().flatMap((pipeline) =>
      pipeline.loaded.agents.flatMap((agent) =>
        durableChannelsOf(agent, this.#registry).map((configuration) => ({
          pipeline,
          agent: agent.name,
          configuration,
          folder: channelFolder(configuration, pipeline.agentFolder(agent.name)),
        })),
      ),
    )
  }
}

function extentOnDisk(folder: string): { first: number; next: number } {
  const reader = openLogReader(folder)
  try {
    return reader.extent()
  } finally {
    reader.close()
  }
}
