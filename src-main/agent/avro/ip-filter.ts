// AvroSource's ipFilterRules: `<allow|deny>:<ip|name>:<pattern>`, comma-separated; the first rule that matches decides, no match allows.
// Patterns know `*` and `?`. `name` rules compare the peer's host name; `localhost` is every loopback address (Flume, netty PatternRule).
import { reverse } from 'node:dns/promises'

export interface IpFilterRule {
  readonly allow: boolean
  readonly kind: 'ip' | 'name'
  readonly pattern: string
}

/** Throws a RangeError that ends the sentence "ipFilterRules …". */
export function parseIpFilterRules(text: string): IpFilterRule[] {
  return text.split(',').map((definition) => {
    const [policy, kind, ...rest] = definition.trim().split(':')
    const pattern = rest.join(':')
    if ((policy !== 'allow' && policy !== 'deny') || (kind !== 'ip' && kind !== 'name') || pattern === '') {
      throw new RangeError(`has "${definition.trim()}", which is not <allow|deny>:<ip|name>:<pattern> (ipFilter)`)
    }
    return { allow: policy === 'allow', kind, pattern }
  })
}

/** Answers for each peer whether it may connect. Host names are looked up only where a rule asks for one; an address without a name has none. */
export function ipFilter(
  rules: readonly IpFilterRule[],
  namesOf: (ip: string) => Promise<readonly string[]> = reverse,
): (address: string) => Promise<boolean> {
  const needsNames = rules.some((rule) => rule.kind === 'name' && rule.pattern !== 'localhost')
  return async (address) => ipAllowed(rules, address, needsNames ? await namesOf(address.replace(/^::ffff:/, '')).catch(() => []) : [])
}

/** Whether a peer may connect. `names`: host names known for the address. */
function ipAllowed(rules: readonly IpFilterRule[], address: string, names: readonly string[]): boolean {
  const ip = address.replace(/^::ffff:/, '')
  const loopback = ip === '::1' || ip.startsWith('127.')
  for (const rule of rules) {
    const pattern = wildcard(rule.pattern)
    const matches =
      rule.kind === 'ip' ? pattern.test(ip) : (loopback && rule.pattern === 'localhost') || names.some((name) => pattern.test(name))
    if (matches) return rule.allow
  }
  return true
}

function wildcard(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 'i')
}
