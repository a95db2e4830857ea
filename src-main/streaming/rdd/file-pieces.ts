// A file's bytes, piece by piece.
import { closeSync, openSync, readSync } from 'node:fs'

/** From byte `from` to before byte `until`, or to the end, in pieces of at most so many bytes. The file is closed when the loop over it ends. */
export function* filePieces(path: string, from = 0, until = Number.POSITIVE_INFINITY, pieceBytes = 1024 * 1024): Generator<Buffer> {
  const file = openSync(path, 'r')
  try {
    for (let at = from; at < until; ) {
      const piece = Buffer.allocUnsafe(Math.min(pieceBytes, until - at))
      const read = readSync(file, piece, 0, piece.length, at)
      if (read === 0) return
      at += read
      yield piece.subarray(0, read)
    }
  } finally {
    closeSync(file)
  }
}
