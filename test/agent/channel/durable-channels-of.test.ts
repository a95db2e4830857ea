import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isDurable } from '../../../src-main/agent/channel/durable-channel.ts'
import { channelFolder, durableChannelsOf } from '../../../src-main/agent/channel/durable-channels-of.ts'
import { builtInRegistry } from '../../../src-main/component/registry.ts'
import { loadConfiguration } from '../../../src-shared/flume/load-configuration.ts'
import { parseOptions } from '../../../src-shared/spec/parse-options.ts'
import { componentContext } from '../../driver/component-context.ts'

const registry = builtInRegistry()

/** Agent a1 with channel x1 of these properties. */
function agentOf(properties: string) {
  const text = `a1.channels = x1\na1.sinks = k1\na1.sinks.k1.type = null\na1.sinks.k1.channel = x1\n${properties.replace(/^/gm, 'a1.channels.x1.')}`
  return loadConfiguration(text, { file: 'a1.properties', env: {}, systemProperties: {}, catalog: registry.definitions }).agents[0]!
}

test.each([
  'type = sqlite',
  'type = sqlite\ndataDir = /data/x1',
  'type = sqlite\ndataDir = ~/x1',
  'type = file',
  'type = org.apache.flume.channel.file.FileChannel\ncheckpointDir = ~/check\ndataDirs = /one,/two',
  'type = file\ndataDirs = ~/one , /two',
  'type = jdbc',
  'type = memory',
  'type = spillablememory',
  'type = org.apache.flume.channel.PseudoTxnMemoryChannel',
])('whether a channel is durable and where it lies is known without opening it, as the channel itself has it: %s', (properties) => {
  const agent = agentOf(properties)
  const [configuration] = agent.channels
  const definition = registry.find('channel', configuration!.type)!
  const { options } = parseOptions(definition.properties, configuration!.properties)
  const channel = definition.create(options!, { ...componentContext(), workDir: '/work' })
  expect(durableChannelsOf(agent, registry)).toEqual(isDurable(channel) ? [configuration] : [])
  if (isDurable(channel)) expect(channelFolder(configuration!, '/work')).toBe(channel.folder)
})

test('the home of Flume’s file channel is the user’s', () => {
  expect(channelFolder(agentOf('type = file\ncheckpointDir = ~/check').channels[0]!, '/work')).toBe(join(homedir(), 'check'))
})
