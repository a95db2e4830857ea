// Flume's failover and load-balancing clients against hosts that answer as the test says.
import { describe, expect, test } from 'vitest'
import { FailoverRpcClient } from '../../../src-main/agent/rpc-client/failover-rpc-client.ts'
import { LoadBalancingRpcClient } from '../../../src-main/agent/rpc-client/load-balancing-rpc-client.ts'
import { batchSizeOf, type ConnectHost, hostsOf } from '../../../src-main/agent/rpc-client/rpc-client.ts'
import { createRpcClient } from '../../../src-main/agent/rpc-client/rpc-client-factory.ts'
import { ManualClock } from '../../../src-main/clock.ts'
import { batchOf } from '../../../src-shared/event/build-batch.ts'

const three = { hosts: 'h1 h2 h3', 'hosts.h1': 'a:1', 'hosts.h2': 'b:2', 'hosts.h3': 'c:3' }
const batch = batchOf([{ headers: {}, body: Buffer.from('x') }])

function hosts() {
  const calls: string[] = []
  const down = new Set<string>()
  const failing = new Set<string>()
  const connect: ConnectHost = async ({ name }) => {
    calls.push(`connect ${name}`)
    if (down.has(name)) throw new Error(`${name} is down`)
    let active = true
    return {
      get active() {
        return active
      },
      appendBatch: async () => {
        calls.push(name)
        if (!failing.has(name)) return
        active = false
        throw new Error(`${name} failed`)
      },
      close: () => {
        active = false
      },
    }
  }
  return { calls, down, failing, connect, called: () => calls.splice(0).join(', ') }
}

describe('failover', () => {
  test('stays with a host that works; after a failure goes to the next one, and from the last to the first', async () => {
    const { connect, failing, called } = hosts()
    const client = new FailoverRpcClient(three, connect, () => {})
    await client.appendBatch(batch)
    await client.appendBatch(batch)
    expect(called()).toBe('connect h1, h1, h1')
    failing.add('h1').add('h2')
    await client.appendBatch(batch)
    expect(called()).toBe('h1, connect h2, h2, connect h3, h3')
    failing.clear()
    failing.add('h3')
    await client.appendBatch(batch)
    expect(called()).toBe('h3, connect h1, h1')
  })

  test('gives up after max-attempts, by default as many as there are hosts', async () => {
    for (const [attempts, expected] of [
      ['', 3],
      ['5', 5],
      ['x', 3],
    ] as const) {
      const { connect, failing, calls } = hosts()
      for (const name of ['h1', 'h2', 'h3']) failing.add(name)
      const client = new FailoverRpcClient({ ...three, 'max-attempts': attempts }, connect, () => {})
      await expect(client.appendBatch(batch)).rejects.toThrow('Failed to send the event!')
      expect(calls.filter((call) => !call.startsWith('connect'))).toHaveLength(expected)
    }
  })

  test('ends at once when no host takes a connection', async () => {
    const { connect, down, called } = hosts()
    for (const name of ['h1', 'h2', 'h3']) down.add(name)
    await expect(new FailoverRpcClient(three, connect, () => {}).appendBatch(batch)).rejects.toThrow('No active client found')
    expect(called()).toBe('connect h1, connect h2, connect h3')
  })
})

describe('load balancing', () => {
  test('round robin: each batch begins with the next host, and passes on when it fails', async () => {
    const { connect, failing, called } = hosts()
    const client = new LoadBalancingRpcClient(three, { connect, clock: new ManualClock(), warn: () => {} })
    for (let count = 0; count < 4; count++) await client.appendBatch(batch)
    expect(called()).toBe('connect h1, h1, connect h2, h2, connect h3, h3, h1')
    failing.add('h2')
    await client.appendBatch(batch)
    expect(called()).toBe('h2, h3')
  })

  test('backoff: a host that failed is left alone for two seconds, then four, at most maxBackoff', async () => {
    const { connect, failing, called } = hosts()
    const clock = new ManualClock()
    const client = new LoadBalancingRpcClient({ ...three, backoff: 'true', maxBackoff: '3000' }, { connect, clock, warn: () => {} })
    failing.add('h1')
    await client.appendBatch(batch)
    expect(called()).toBe('connect h1, h1, connect h2, h2')
    for (let count = 0; count < 4; count++) await client.appendBatch(batch)
    expect(called()).not.toContain('h1')
    clock.advance(2000)
    const tried = async (): Promise<string> => {
      for (let count = 0; count < 3; count++) await client.appendBatch(batch)
      return called()
    }
    expect(await tried()).toContain('connect h1, h1')
    clock.advance(2999)
    expect(await tried()).not.toContain('h1')
    clock.advance(1)
    expect(await tried()).toContain('h1')
  })

  test('fails when every host has failed; one host is refused', async () => {
    const { connect, failing } = hosts()
    for (const name of ['h1', 'h2', 'h3']) failing.add(name)
    const deps = { connect, clock: new ManualClock(), warn: () => {} }
    await expect(new LoadBalancingRpcClient(three, deps).appendBatch(batch)).rejects.toThrow('Unable to send event to any host')
    expect(() => new LoadBalancingRpcClient({ hosts: 'h1', 'hosts.h1': 'a:1' }, deps)).toThrow('At least two hosts')
  })
})

describe('properties', () => {
  test('a host without an address is left out, an address that is none is refused', () => {
    expect(hostsOf({ hosts: ' h1\th2 ', 'hosts.h2': ' ::1 :2' })).toEqual([{ name: 'h2', host: '::1', port: 2 }])
    expect(hostsOf({ hosts: 'h1', 'hosts.h1': '[fe80::1]:99' })).toEqual([{ name: 'h1', host: 'fe80::1', port: 99 }])
    for (const address of ['a', 'a:x', 'a:0', 'a:65536']) expect(() => hostsOf({ hosts: 'h', 'hosts.h': address })).toThrow(address)
  })

  test('a batch size below 1 or that is no number is 100', () => {
    expect(['5', '0', '-1', 'x', undefined].map((size) => batchSizeOf({ ...(size !== undefined && { 'batch-size': size }) }))).toEqual([
      5, 100, 100, 100, 100,
    ])
  })

  test.each([
    [{}, 'name no hosts'],
    [{ hosts: 'h1' }, 'The host h1 has no address'],
    [{ 'client.type': 'thrift', hosts: 'h1', 'hosts.h1': 'a:1', kerberos: 'TRUE' }, 'Kerberos is not built'],
    [{ 'client.type': 'thrift', hosts: 'h1', 'hosts.h1': 'a:1', protocol: 'json' }, 'Use compact or binary'],
    [{ 'client.type': 'default_loadbalance', ...three, 'host-selector': 'mine' }, 'Use round_robin or random'],
  ])('%j is refused: %s', async (properties, sentence) => {
    await expect(createRpcClient(properties, { clock: new ManualClock(), warn: () => {} })).rejects.toThrow(sentence)
  })
})
