import { expect, test } from 'vitest'
import { ipFilter, parseIpFilterRules } from '../../../src-main/agent/avro/ip-filter.ts'

const filter = (rules: string, names: Record<string, string[]> = {}) =>
  ipFilter(parseIpFilterRules(rules), async (ip) => names[ip] ?? Promise.reject(new Error('no name')))

test.each([
  ['allow:ip:127.*,deny:ip:*', '127.0.0.1', true],
  ['allow:ip:127.*,deny:ip:*', '10.0.0.1', false],
  ['deny:ip:10.0.0.?', '10.0.0.7', false],
  ['deny:ip:10.0.0.?', '10.0.0.77', true],
  ['allow:name:localhost,deny:ip:*', '::1', true],
  ['deny:ip:192.168.1.1', '::ffff:192.168.1.1', false],
])('by %s the address %s may connect: %s', async (rules, address, allowed) => {
  expect(await filter(rules)(address)).toBe(allowed)
})

test('a rule by name looks at the names of the address, and an address without a name matches none', async () => {
  const denied = filter('deny:name:*.bad.example', { '10.0.0.1': ['host.bad.example'], '10.0.0.2': ['host.good.example'] })
  expect([await denied('10.0.0.1'), await denied('10.0.0.2'), await denied('10.0.0.3')]).toEqual([false, true, true])
})

test.each(['allow', 'permit:ip:*', 'allow:host:*', 'allow:ip:', ''])('the rule %j is refused', (rules) => {
  expect(() => parseIpFilterRules(rules)).toThrow(/is not <allow\|deny>/)
})
