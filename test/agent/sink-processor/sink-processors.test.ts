import { describe, expect, test } from 'vitest'
import { definition as failover } from '../../../src-main/agent/sink-processor/failover-sink-processor.ts'
import { definition as loadBalance } from '../../../src-main/agent/sink-processor/load-balancing-sink-processor.ts'
import { ManualClock } from '../../../src-main/clock.ts'
import type { SinkProcessorContext } from '../../../src-main/component/context.ts'
import type { Status } from '../../../src-main/component/define.ts'
import { silentLogger } from '../../../src-main/log.ts'
import { parseOptions } from '../../../src-shared/spec/parse-options.ts'
import type { PropertyMap } from '../../../src-shared/spec/property.ts'

class TestSinks {
  readonly clock = new ManualClock()
  readonly calls: string[] = []
  readonly failing = new Set<string>()
  readonly idle = new Set<string>()

  context(...names: string[]): SinkProcessorContext {
    const process = async (name: string): Promise<Status> => {
      this.calls.push(name)
      if (this.failing.has(name)) throw new Error(`${name} fails`)
      return this.idle.has(name) ? 'BACKOFF' : 'READY'
    }
    return {
      name: 'g1',
      agentName: 'a1',
      clock: this.clock,
      log: silentLogger,
      counters: { add: () => {}, set: () => {}, drop: () => {} },
      signal: new AbortController().signal,
      workDir: '/nowhere',
      status: () => {},
      departs: () => {},
      sinks: names.map((name) => ({ name, sink: { process: () => process(name) } })),
    }
  }

  called(): string {
    return this.calls.splice(0).join(' ')
  }
}

function options<P extends PropertyMap>(definition: { readonly properties: P }, values: Record<string, string>) {
  const parsed = parseOptions(definition.properties, values)
  if (parsed.options === undefined) throw new Error(JSON.stringify(parsed.problems))
  return parsed.options
}

describe('failover', () => {
  const processor = (sinks: TestSinks, values: Record<string, string>, ...names: string[]) =>
    failover.create(options(failover, values), sinks.context(...names))

  test('uses the highest priority; absent priorities come last, in listed order', async () => {
    const sinks = new TestSinks()
    const group = processor(sinks, { 'priority.k2': '5' }, 'k1', 'k2', 'k3')
    expect(await group.process()).toBe('READY')
    sinks.failing.add('k2')
    await group.process()
    expect(sinks.called()).toBe('k2 k2 k1')
  })

  test('tries a failed sink again after 2 s, 4 s, 8 s … up to maxpenalty, and uses it again once it is READY', async () => {
    const sinks = new TestSinks()
    const group = processor(sinks, { 'priority.k1': '2', 'priority.k2': '1', maxpenalty: '5000' }, 'k1', 'k2')
    sinks.failing.add('k1')
    await group.process()
    expect(sinks.called()).toBe('k1 k2')
    for (const pauseMs of [2000, 4000, 5000, 5000]) {
      sinks.clock.advance(pauseMs - 1)
      await group.process()
      expect(sinks.called()).toBe('k2')
      sinks.clock.advance(1)
      await group.process()
      expect(sinks.called()).toBe('k1 k2')
    }
    sinks.failing.clear()
    sinks.idle.add('k1')
    sinks.clock.advance(5000)
    expect(await group.process()).toBe('BACKOFF')
    sinks.idle.clear()
    await group.process()
    await group.process()
    expect(sinks.called()).toBe('k1 k1 k1')
  })

  test('takes a priority that is no 32-bit number for none', async () => {
    const sinks = new TestSinks()
    await processor(sinks, { 'priority.k1': '1', 'priority.k2': '9999999999' }, 'k1', 'k2').process()
    expect(sinks.called()).toBe('k1')
  })

  test('with a maxpenalty of 0 tries a failed sink at every turn, once, and goes on with the next', async () => {
    const sinks = new TestSinks()
    const group = processor(sinks, { 'priority.k1': '2', 'priority.k2': '1', maxpenalty: '0' }, 'k1', 'k2')
    sinks.failing.add('k1')
    for (let n = 0; n < 3; n++) await group.process()
    expect(sinks.called()).toBe('k1 k2 k1 k2 k1 k2')
  })

  test('fails when all sinks fail', async () => {
    const sinks = new TestSinks()
    const group = processor(sinks, {}, 'k1', 'k2')
    sinks.failing.add('k1').add('k2')
    await expect(group.process()).rejects.toThrow('All sinks failed to process, nothing left to failover to')
  })
})

describe('load_balance', () => {
  const processor = (sinks: TestSinks, values: Record<string, string>, ...names: string[]) =>
    loadBalance.create(options(loadBalance, values), sinks.context(...names))

  test('round robin goes round, and on from the next when one fails', async () => {
    const sinks = new TestSinks()
    const group = processor(sinks, {}, 'k1', 'k2', 'k3')
    for (let n = 0; n < 4; n++) await group.process()
    expect(sinks.called()).toBe('k1 k2 k3 k1')
    sinks.failing.add('k2')
    await group.process()
    expect(sinks.called()).toBe('k2 k3')
  })

  test('with backoff a failed sink is left alone for 2 s, then 4 s', async () => {
    const sinks = new TestSinks()
    const group = processor(sinks, { backoff: 'true' }, 'k1', 'k2')
    sinks.failing.add('k1')
    await group.process()
    expect(sinks.called()).toBe('k1 k2')
    await group.process()
    expect(sinks.called()).toBe('k2')
    sinks.clock.advance(2000)
    while (sinks.calls.at(-2) !== 'k1') await group.process()
    sinks.called()
    sinks.clock.advance(3999)
    await group.process()
    await group.process()
    expect(sinks.called()).toBe('k2 k2')
  })

  test('knows its selectors by their aliases: by their class names Flume cannot make them', () => {
    for (const name of ['RoundRobinSinkSelector', 'RandomOrderSinkSelector'])
      expect(() =>
        processor(new TestSinks(), { selector: `org.apache.flume.sink.LoadBalancingSinkProcessor$${name}` }, 'k1', 'k2'),
      ).toThrow(/Use round_robin or random/)
  })

  test('random uses every sink', async () => {
    const sinks = new TestSinks()
    const group = processor(sinks, { selector: 'RANDOM' }, 'k1', 'k2')
    for (let n = 0; n < 100; n++) await group.process()
    expect(new Set(sinks.calls)).toEqual(new Set(['k1', 'k2']))
  })

  test('fails when all sinks fail, also when all are left alone', async () => {
    const sinks = new TestSinks()
    const group = processor(sinks, { backoff: 'true' }, 'k1', 'k2')
    sinks.failing.add('k1').add('k2')
    await expect(group.process()).rejects.toThrow('All configured sinks have failed')
    await expect(group.process()).rejects.toThrow('All configured sinks have failed')
    expect(sinks.called()).toBe('k1 k2')
  })
})
