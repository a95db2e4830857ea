// clientIPHeader and clientHostnameHeader of Flume's syslog sources: who sent an event.
import { lookupService } from 'node:dns/promises'

/** Headers for a peer. The host name is looked up once; an address without a name gives the address. */
export async function clientHeaders(
  address: string,
  port: number,
  ipHeader: string | undefined,
  hostnameHeader: string | undefined,
): Promise<Record<string, string>> {
  const ip = address.replace(/^::ffff:/, '')
  const headers: Record<string, string> = {}
  if (ipHeader !== undefined) headers[ipHeader] = ip
  if (hostnameHeader !== undefined) headers[hostnameHeader] = await nameOf(ip, port)
  return headers
}

async function nameOf(ip: string, port: number): Promise<string> {
  try {
    return (await lookupService(ip, port)).hostname
  } catch {
    // No name is an answer: the address stands for itself.
    return ip
  }
}
