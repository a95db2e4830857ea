// Texts that Flume gets from Java: a map of headers as Map.toString prints it, and the first bytes of a body as EventHelper dumps them.
import type { Headers } from '../../../src-shared/event/event-batch.ts'

/** `{k1=v1, k2=v2}`, headers in the order they stand in (Java's is that of its hash map); null prints as `null`. */
export function headersText(headers: Headers): string {
  const entries = Object.entries(headers).map(([name, value]) => `${name}=${value}`)
  return `{${entries.join(', ')}}`
}

/** The body's first `length` bytes: 16 columns of hex and the printable characters, rows after the first with their offset. */
export function hexDump(body: Uint8Array, length: number): string {
  const shown = body.subarray(0, length)
  const rows: string[] = []
  for (let from = 0; from < shown.length; from += 16) {
    const bytes = [...shown.subarray(from, from + 16)]
    const hex = bytes.map((byte) => `${byte.toString(16).toUpperCase().padStart(2, '0')} `).join('')
    const text = bytes.map((byte) => (byte >= 0x20 && byte <= 0x7e ? String.fromCharCode(byte) : '.')).join('')
    const offset = from === 0 ? '' : `\n${from.toString(16).toUpperCase().padStart(8, '0')}`
    rows.push(`${offset} ${hex.padEnd(48)}${text}`)
  }
  return rows.join('')
}
