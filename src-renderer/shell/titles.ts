// What a tab is called, from the lists that the engine keeps.
import type { ChannelSummary } from '../../src-shared/contract/channels.ts'
import type { LogSummary } from '../../src-shared/contract/logs.ts'
import type { PipelineSummary } from '../../src-shared/contract/pipelines.ts'
import type { StreamSummary } from '../../src-shared/contract/streams.ts'
import { useLive } from '../rpc/live.ts'
import { baseName, formatTime, type TimeZone } from '../ui/format.ts'
import type { Route } from './routes.ts'

export const usePipelines = (): readonly PipelineSummary[] | undefined => useLive('pipelines', (engine) => engine.pipelines.list()).value
export const useLogs = (): readonly LogSummary[] | undefined => useLive('logs', (engine) => engine.logs.list()).value
export const useStreams = (): readonly StreamSummary[] | undefined => useLive('streams', (engine) => engine.streams.list()).value
export const useChannels = (): readonly ChannelSummary[] | undefined => useLive('channels', (engine) => engine.channels.list()).value
export const useOverview = () => useLive('overview', (engine) => engine.workspace.overview()).value

export interface Lists {
  readonly pipelines: readonly PipelineSummary[] | undefined
  readonly logs: readonly LogSummary[] | undefined
  readonly streams: readonly StreamSummary[] | undefined
  readonly channels: readonly ChannelSummary[] | undefined
}

/** `orders/a1.sinks.k1` → `k1`. */
export const sinkOf = (id: string): string => id.slice(id.lastIndexOf('.') + 1)

/** Title and hover text of a route. */
export function titleOf(route: Route, lists: Lists, zone: TimeZone): { readonly title: string; readonly detail: string } {
  switch (route.view) {
    case 'welcome':
      return { title: 'Welcome', detail: 'Welcome' }
    case 'problems':
      return { title: 'Problems', detail: 'Problems of all pipelines and streams' }
    case 'settings':
      return { title: 'Settings', detail: 'Settings' }
    case 'pipeline': {
      const pipeline = lists.pipelines?.find((each) => each.id === route.id)
      return { title: pipeline?.name ?? baseName(route.id), detail: pipeline?.file ?? route.id }
    }
    case 'log': {
      const log = lists.logs?.find((each) => each.id === route.id)
      return { title: log?.name ?? baseName(route.id), detail: log?.path ?? route.id }
    }
    case 'channel': {
      const channel = lists.channels?.find((each) => each.id === route.id)
      return { title: channel?.name ?? route.id.split('.').at(-1) ?? route.id, detail: route.id }
    }
    case 'dead-letters':
      return { title: `Dead letters of ${sinkOf(route.id)}`, detail: route.id }
    case 'stream':
    case 'program':
    case 'batch': {
      const stream = lists.streams?.find((each) => each.id === route.id)
      const name = stream?.name ?? baseName(route.id)
      if (route.view === 'stream') return { title: name, detail: stream?.file ?? route.id }
      if (route.view === 'program') return { title: stream === undefined ? name : baseName(stream.file), detail: stream?.file ?? route.id }
      const time = formatTime(route.batchTime, zone)
      return { title: `${name} ${time}`, detail: `Batch ${time} of ${name}` }
    }
  }
}
