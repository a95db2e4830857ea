import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { definition as file } from '../../../src-main/agent/channel/file-channel.ts'
import { definition as jdbc } from '../../../src-main/agent/channel/jdbc-channel.ts'
import type { LogChannel } from '../../../src-main/agent/channel/log/log-channel.ts'
import { definition as sqlite } from '../../../src-main/agent/channel/sqlite-channel.ts'
import { parseOptions } from '../../../src-shared/spec/parse-options.ts'
import { componentContext } from '../../driver/component-context.ts'
import { numbered, put, take } from '../../driver/log-channel-driver.ts'
import { temporaryFolder } from '../../driver/temporary-folder.ts'

function create(definition: typeof file | typeof sqlite | typeof jdbc, values: Record<string, string>, workDir: string): LogChannel {
  const parsed = parseOptions(definition.properties, values)
  expect(parsed.problems.filter((problem) => problem.severity === 'error')).toEqual([])
  return definition.create(parsed.options as never, { ...componentContext(), workDir }) as LogChannel
}

describe('the file channel', () => {
  test('has Flume’s defaults and a folder of its own in the agent’s work folder', () => {
    const channel = create(file, {}, '/var/a1')
    expect(channel.gauges().channelCapacity).toBe(1_000_000)
    expect(channel.transactionCapacity).toBe(10_000)
    expect(channel.folder).toBe(join('/var/a1', 'channels', 'x1'))
  })

  test('keeps cursors in checkpointDir and segments in dataDirs', async () => {
    const folder = temporaryFolder()
    const [cp, d1, d2] = ['cp', 'd1', 'd2'].map((name) => join(folder, name)) as [string, string, string]
    const channel = create(file, { checkpointDir: cp, dataDirs: ` ${d1} , ${d2} ` }, folder)
    await channel.start()
    await put(channel, numbered(0, 3))
    expect(existsSync(join(cp, 'index.db'))).toBe(true)
    expect(existsSync(join(d1, 'log-0000000000000000.db'))).toBe(true)
    expect(existsSync(d2)).toBe(true)
    await channel.stop()
    await channel.start()
    expect(await take(channel, { events: 10, bytes: 1e9 })).toEqual([0, 1, 2])
    await channel.stop()
  })

  test('says of each of Flume’s other keys why it has no effect', () => {
    const values = { minimumRequiredSpace: '1048576', checkpointInterval: '1000', useDualCheckpoints: 'true', maxFileSize: '1000' }
    const { problems } = parseOptions(file.properties, values)
    expect(problems.map((problem) => [problem.severity, problem.key])).toEqual([
      ['warning', 'useDualCheckpoints'],
      ['warning', 'checkpointInterval'],
      ['warning', 'maxFileSize'],
      ['warning', 'minimumRequiredSpace'],
    ])
    expect(problems.every((problem) => problem.message.includes('has no effect here: '))).toBe(true)
  })

  test('refuses a transactionCapacity above its capacity', () => {
    expect(() => create(file, { capacity: '4', transactionCapacity: '5' }, '/var/a1')).toThrow(
      'cannot be greater than the capacity of the channel',
    )
  })
})

describe('a file channel that asks for encryption', () => {
  test('with a Java key store is refused, rather than kept in clear', () => {
    expect(() => create(file, { 'encryption.activeKey': 'k1' }, '/var/a1')).toThrow(
      'which Millrace cannot read: name environment variables or keychain entries',
    )
  })
})

describe('the jdbc channel', () => {
  test('is the same log, as large as maximum.capacity says or without limit', () => {
    expect(create(jdbc, { 'maximum.capacity': '10' }, '/var/a1').gauges().channelCapacity).toBe(10)
    const unlimited = create(jdbc, {}, '/var/a1')
    expect(unlimited.gauges().channelCapacity).toBe(Number.MAX_SAFE_INTEGER)
    expect(unlimited.folder).toBe(join('/var/a1', 'channels', 'x1'))
  })
})

describe('the sqlite channel', () => {
  test('can be told its folder, and otherwise has one of its own', () => {
    expect(create(sqlite, { dataDir: '/data/c1' }, '/var/a1').folder).toBe('/data/c1')
    expect(create(sqlite, {}, '/var/a1').folder).toBe(join('/var/a1', 'channels', 'x1'))
  })

  test('the examples of every durable channel are without problems', () => {
    for (const definition of [file, sqlite, jdbc]) {
      for (const example of definition.examples) {
        const lines = example.properties.split('\n').filter((line) => line !== '')
        const values = Object.fromEntries(lines.map((line) => line.split(' = ') as [string, string]))
        expect(parseOptions(definition.properties, values).problems).toEqual([])
      }
    }
  })
})
