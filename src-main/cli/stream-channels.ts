// The channels that `millrace stream` gives to a program: named one by one, or those of an agent's configuration.
import { existsSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { MillraceError } from '../../src-shared/errors.ts'
import { indexPath } from '../agent/channel/log/log-folder.ts'
import { systemClock } from '../clock.ts'
import type { ChannelFolder } from '../streaming/program/program-messages.ts'
import { agentWorkDir } from './agent-work-dir.ts'

export interface ChannelFlags {
  /** `DIR` or `NAME=DIR`. */
  readonly channel?: readonly string[]
  readonly conf?: readonly string[]
  readonly name?: string
  readonly agentWorkDir?: string
}

/** Configuration files and name of an agent, and where it keeps its state. */
export interface NamedAgent {
  readonly files: readonly string[]
  readonly name: string
  readonly workDir: string
}

/** The agent that --conf and --name mean. BAD_ARGUMENT when one of them lacks. */
export function namedAgent({ conf, name, agentWorkDir: workDir }: ChannelFlags): NamedAgent {
  if (conf === undefined) throw new MillraceError('BAD_ARGUMENT', '--run-agent needs --conf: the configuration file of the agent.')
  if (name === undefined) throw new MillraceError('BAD_ARGUMENT', '--conf needs --name: which agent of the file.')
  return { files: conf, name, workDir: workDir === undefined ? agentWorkDir(conf, name, process.env) : resolve(workDir) }
}

/** BAD_ARGUMENT or NOT_FOUND with a sentence when a channel is not there. */
export async function channelsOf(flags: ChannelFlags): Promise<ChannelFolder[]> {
  const channels = (flags.channel ?? []).map(namedFolder)
  if (flags.conf !== undefined) channels.push(...(await agentChannels(namedAgent(flags))))
  const twice = channels.find((channel, index) => channels.findIndex((other) => other.name === channel.name) !== index)
  if (twice !== undefined) {
    throw new MillraceError('BAD_ARGUMENT', `Two channels are named ${twice.name}. Give one another name: --channel NAME=DIR.`)
  }
  return channels
}

function namedFolder(text: string): ChannelFolder {
  const [, name, given] = /^([\w.-]+)=(.+)$/.exec(text) ?? []
  const folder = resolve(given ?? text)
  if (!existsSync(indexPath(folder))) {
    throw new MillraceError(
      'NOT_FOUND',
      `There is no durable channel in ${folder}. "millrace channel list DIR" shows the ones below a folder; a memory channel cannot be read by a stream.`,
    )
  }
  return { name: name ?? basename(folder), folder }
}

async function agentChannels({ files, name: agentName, workDir }: NamedAgent): Promise<ChannelFolder[]> {
  // Most streams name their channels: the components are loaded only for this.
  const { readConfiguration } = await import('../agent/lifecycle/configuration-file.ts')
  const { builtInRegistry } = await import('../component/registry.ts')
  const { channelFolder, durableChannelsOf } = await import('../agent/channel/durable-channels-of.ts')
  const registry = builtInRegistry()
  const { agent, problems } = await readConfiguration({
    files,
    agentName,
    catalog: registry.definitions,
    env: process.env,
    systemProperties: {},
    clock: systemClock,
  })
  if (agent === undefined) {
    throw new MillraceError(
      'BAD_CONFIGURATION',
      `${files.join(', ')} has no agent ${agentName} that could run. ${problems[0]?.message ?? ''}`,
    )
  }
  const durable = durableChannelsOf(agent, registry)
  const channels = durable.map((channel) => ({ name: channel.name, folder: channelFolder(channel, workDir) }))
  const started = channels.filter(({ folder }) => existsSync(indexPath(folder)))
  if (started.length === 0) {
    const names = durable.map((channel) => channel.name).join(', ')
    throw new MillraceError(
      'NOT_FOUND',
      durable.length === 0
        ? `Agent ${agentName} has no durable channel; a stream reads channels of type sqlite, file or jdbc.`
        : `The channel ${names} of agent ${agentName} is not there yet (looked in ${workDir}). Start the agent first, or name its folder with --agent-work-dir.`,
    )
  }
  return started
}
