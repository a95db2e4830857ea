// Raw Snappy, decompressed with every length checked. (snappyjs, which compresses for us, never returns from some damaged data.)
//
// Format: uncompressed length (varint), then elements. Tag bits 0–1: 0 literal (length − 1 in the upper bits, or from 60 on in that many minus
// 59 bytes behind), 1 copy of 4–11 bytes (offset 11 bits), 2 copy of 1–64 bytes (offset 2 bytes), 3 the same (offset 4 bytes).

/** The data are no Snappy, or were damaged. */
export class BadSnappy extends Error {}

/** A copy of 64 bytes takes three at least: no data give more for their size, so that an announced length costs nothing. */
const mostRatio = 32

export function uncompressSnappy(bytes: Uint8Array): Uint8Array {
  let at = 0
  const next = (): number => {
    if (at >= bytes.length) throw new BadSnappy('The Snappy data end in the middle of an element.')
    return bytes[at++]!
  }
  const little = (width: number): number => {
    let value = 0
    for (let index = 0; index < width; index++) value += next() * 256 ** index
    return value
  }
  let length = 0
  for (let scale = 1, byte = 0x80; byte >= 0x80; scale *= 128) {
    if (scale > 2 ** 28) throw new BadSnappy('The Snappy data have no length.')
    byte = next()
    length += (byte & 0x7f) * scale
  }
  if (length > bytes.length * mostRatio) throw new BadSnappy(`${bytes.length} bytes of Snappy data cannot be ${length} bytes.`)
  const out = new Uint8Array(length)
  let written = 0
  const room = (more: number): void => {
    if (written + more > length) throw new BadSnappy('The Snappy data are longer than they say.')
  }
  while (at < bytes.length) {
    const tag = next()
    const kind = tag & 3
    if (kind === 0) {
      const short = tag >> 2
      const size = 1 + (short < 60 ? short : little(short - 59))
      if (at + size > bytes.length) throw new BadSnappy('The Snappy data end in the middle of a literal.')
      room(size)
      out.set(bytes.subarray(at, at + size), written)
      at += size
      written += size
      continue
    }
    const size = kind === 1 ? 4 + ((tag >> 2) & 7) : 1 + (tag >> 2)
    const offset = kind === 1 ? ((tag >> 5) << 8) | next() : little(kind === 2 ? 2 : 4)
    if (offset === 0 || offset > written) throw new BadSnappy('The Snappy data copy from before their beginning.')
    room(size)
    if (offset >= size) out.copyWithin(written, written - offset, written - offset + size)
    else for (let index = 0; index < size; index++) out[written + index] = out[written + index - offset]!
    written += size
  }
  if (written < length) throw new BadSnappy('The Snappy data are shorter than they say.')
  return out
}
