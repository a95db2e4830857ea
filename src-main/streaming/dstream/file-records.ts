// What is in a file of a file stream, read piece by piece: lines of text, or records of a fixed length.
import { requirement } from '../../../src-shared/streaming/exceptions.ts'
import type { Push } from '../rdd/definition.ts'
import { filePieces } from '../rdd/file-pieces.ts'
import { LineSplitter } from '../receiver/line-splitter.ts'

/** Pushes every record of the file. */
export type FileReader<T> = (path: string, push: Push<T>) => void

/** Lines as Hadoop reads them: a byte order mark is left out. */
export const textLines: FileReader<string> = (path, push) => {
  const splitter = new LineSplitter({ byteOrderMark: 'left-out' })
  for (const piece of filePieces(path)) for (const line of splitter.add(piece)) push(line)
  const last = splitter.end()
  if (last !== undefined) push(last)
}

/** Records of `length` bytes. A file that ends within one fails. */
export function fixedLengthRecords(length: number): FileReader<Uint8Array> {
  return (path, push) => {
    let rest: Buffer = Buffer.alloc(0)
    for (const piece of filePieces(path)) {
      const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece])
      let at = 0
      for (; at + length <= bytes.length; at += length) push(bytes.subarray(at, at + length))
      rest = bytes.subarray(at)
    }
    requirement(
      rest.length === 0,
      `Byte array does not have correct length. ${rest.length} did not equal recordLength: ${length} (the last record of ${path})`,
    )
  }
}
