// Host and port as options of the command line.
import { InvalidArgumentError } from 'commander'

/** Parser of --host. A URL or host:port is what people paste; the system would look it up as a name and say that it is not known. */
export function hostName(text: string): string {
  const [, scheme, host, port] = /^(\w+:\/\/)?(\[[^\]]*\]|[^/:\s]+)(?::(\d+))?\/?$/.exec(text) ?? []
  if (text.trim() === '') throw new InvalidArgumentError('Give the name or address of the host.')
  if (host !== undefined && (scheme !== undefined || port !== undefined))
    throw new InvalidArgumentError(`Give the host alone: --host ${host}${port === undefined ? '' : ` --port ${port}`}.`)
  if (/[\s/]/.test(text)) throw new InvalidArgumentError('A host is a name or an address, without blanks and slashes.')
  return text.replace(/^\[(.*)\]$/, '$1')
}

/** Parser of --port of a host to connect to. */
export function portNumber(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port < 1 || port > 65535) throw new InvalidArgumentError(`${text} is not a port (1 to 65535).`)
  return port
}
