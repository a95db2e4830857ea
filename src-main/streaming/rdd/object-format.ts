// How objects lie in files (saveAsObjectFiles) and come over sockets (rawSocketStream). Per element: its length as a 4-byte big-endian
// number, then the bytes of V8's structured serialisation (`node:v8` serialize).
import { deserialize, serialize } from 'node:v8'

/** Elements in that form. */
export function encodeObjects(elements: Iterable<unknown>): Buffer {
  const chunks: Uint8Array[] = []
  for (const element of elements) {
    const body = serialize(element)
    const length = Buffer.alloc(4)
    length.writeUInt32BE(body.length)
    chunks.push(length, body)
  }
  return Buffer.concat(chunks)
}

/** The elements that encodeObjects was given. Throws a RangeError when the bytes end within an element. */
export function decodeObjects<T>(content: Buffer): T[] {
  const objects: T[] = []
  for (let at = 0; at < content.length; ) {
    const length = content.readUInt32BE(at)
    if (at + 4 + length > content.length)
      throw new RangeError(`Element ${objects.length} has ${length} bytes, and ${content.length - at - 4} are there.`)
    objects.push(deserialize(content.subarray(at + 4, at + 4 + length)) as T)
    at += 4 + length
  }
  return objects
}
