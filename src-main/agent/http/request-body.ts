// The body of a request to an `http` source: read to its end, and put together.
import type { IncomingMessage } from 'node:http'

const reusedBytes = 1 << 20

/** Reads a body to its end, however large, so that the client hears the answer. `came` is told each chunk and the sum so far; answers the sum. */
export function readBody(request: IncomingMessage, came: (chunk: Buffer, sum: number) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    let sum = 0
    request.on('data', (chunk: Buffer) => {
      sum += chunk.length
      came(chunk, sum)
    })
    request.on('end', () => resolve(sum))
    request.on('error', reject)
    request.on('close', () => {
      if (!request.readableEnded) reject(new Error('The client closed the connection.'))
    })
  })
}

/**
 * Puts a body together. Most in one and the same memory, which the next body is written to: megabytes a second left to the garbage collector
 * would cost more than reading them.
 */
export function joiner(): (chunks: readonly Buffer[], size: number) => Buffer {
  let reused: Buffer | undefined
  return (chunks, size) => {
    if (chunks.length === 1) return chunks[0]!
    if (size > reusedBytes) return Buffer.concat(chunks, size)
    reused ??= Buffer.allocUnsafeSlow(reusedBytes)
    let at = 0
    for (const chunk of chunks) {
      reused.set(chunk, at)
      at += chunk.length
    }
    return reused.subarray(0, size)
  }
}
