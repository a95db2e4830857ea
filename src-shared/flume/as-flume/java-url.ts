// What `new java.net.URL(text)` takes.

const handlers = ['http', 'https', 'ftp', 'file', 'jar', 'mailto', 'jmod', 'jrt']

/** True where Java 17 throws no MalformedURLException. */
export function isJavaUrl(text: string): boolean {
  const trimmed = text.replace(/^[\0-\x20]+|[\0-\x20]+$/g, '').replace(/^url:/i, '')
  const match = /^([a-z][a-z0-9+.-]*):(.*)$/is.exec(trimmed)
  if (match === null || !handlers.includes(match[1]!.toLowerCase())) return false
  const protocol = match[1]!.toLowerCase()
  const rest = match[2]!.replace(/#.*$/s, '')
  if (protocol === 'jar') return rest.includes('!/') && isJavaUrl(rest.slice(0, rest.lastIndexOf('!/')))
  if (protocol === 'mailto') return rest !== ''
  if (protocol === 'jmod' || protocol === 'jrt') return true
  const authority = /^\/\/(?!\/)([^/?]*)/.exec(rest)?.[1]
  return authority === undefined || isAuthority(authority)
}

/** URLStreamHandler.parseURL: `user@host:port`, a host in brackets is an IPv6 address, a port is −1 or more. */
function isAuthority(authority: string): boolean {
  const host = authority.split('@').length > 2 ? '' : authority.slice(authority.indexOf('@') + 1)
  if (host.startsWith('[')) {
    const end = host.indexOf(']')
    return isAddress6(host.slice(1, Math.max(1, end))) && isPort(host.slice(end + 1))
  }
  const colon = host.indexOf(':')
  return colon === -1 || isPort(host.slice(colon))
}

/** Nothing, or a colon with a number or nothing. */
function isPort(text: string): boolean {
  return text === '' || text === ':' || (/^:[+-]?\d{1,9}$/.test(text) && Number(text.slice(1)) >= -1)
}

/** IPAddressUtil.isIPv6LiteralAddress: a zone may follow. */
function isAddress6(text: string): boolean {
  const [left, right, ...more] = text
    .replace(/(?<=.)%.+$/, '')
    .replace(/(?<=:)\d{1,3}(?:\.\d{1,3}){3}$/, '0:0')
    .split('::')
  const groups = (side: string | undefined): string[] => (side === undefined || side === '' ? [] : side.split(':'))
  const all = [...groups(left), ...groups(right)]
  return (
    more.length === 0 && all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group)) && (right === undefined ? all.length === 8 : all.length < 8)
  )
}
