// The durable channels of a configuration and where they lie, without opening them: for whoever looks at them from outside.
import { join, resolve } from 'node:path'
import type { AgentConfiguration, ChannelConfiguration } from '../../../src-shared/flume/agent-configuration.ts'
import type { Registry } from '../../component/registry.ts'
import { dataFoldersOf, inHome } from './file-channel.ts'

/** Whether a channel of this configuration is durable when it runs. */
export function isDurableType(registry: Registry, { type }: ChannelConfiguration): boolean {
  return registry.find('channel', type)?.durable === true
}

export function durableChannelsOf(agent: AgentConfiguration, registry: Registry): readonly ChannelConfiguration[] {
  return agent.channels.filter((channel) => isDurableType(registry, channel))
}

/** Where a durable channel's index lies, as the channel itself decides it (log-settings.ts logFolderFor). */
export function channelFolder({ name, properties }: ChannelConfiguration, workDir: string): string {
  const { checkpointDir, dataDir, dataDirs } = properties
  const given = checkpointDir === undefined ? (dataDir ?? dataFoldersOf(dataDirs)[0]) : inHome(checkpointDir.trim())
  return given === undefined ? join(workDir, 'channels', name) : resolve(given)
}
