// Reading a configuration file from disk, with a sentence for every way in which that can fail.
import { readFileSync, statSync } from 'node:fs'
import { phraseOf } from '../../../src-shared/errors.ts'
import type { Problem } from '../../../src-shared/flume/problem.ts'

/** No configuration that a person or a tool wrote comes near this. */
const largestBytes = 16 * 1024 * 1024

/** The bytes, or the one problem that there are none. */
export function readConfigurationFile(file: string): Uint8Array | Problem {
  const unreadable = (message: string, hint?: string): Problem => ({
    severity: 'error',
    code: 'FILE_UNREADABLE',
    file,
    message,
    ...(hint !== undefined && { hint }),
  })
  try {
    const stat = statSync(file)
    if (stat.isDirectory()) return unreadable(`${file} is a folder.`, 'Name the .properties file in it.')
    if (stat.size > largestBytes)
      return unreadable(`${file} has ${stat.size} bytes; a configuration has at most ${largestBytes}.`, 'Is it a log?')
    const bytes = readFileSync(file)
    if (bytes.length > largestBytes) return unreadable(`${file} gives more than ${largestBytes} bytes.`)
    if (isBinary(bytes))
      return unreadable(
        `${file} is not text: byte ${bytes.indexOf(0)} is zero.`,
        'A configuration is a .properties file in UTF-8 or ISO-8859-1.',
      )
    return bytes
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT') return unreadable(`There is no file ${file}.`)
    if (code === 'EACCES' || code === 'EPERM') return unreadable(`${file} may not be read.`, 'Give yourself the permission to read it.')
    return unreadable(`${file} cannot be read: ${phraseOf(error)}.`)
  }
}

/** A zero here and there is a character like any other, to Flume too; of UTF-16 and of programs many bytes are zero. */
function isBinary(bytes: Uint8Array): boolean {
  const zeros = bytes.reduce((count, byte) => (byte === 0 ? count + 1 : count), 0)
  return zeros * 10 > bytes.length
}

/** Whether there is a file. */
export const isReadable = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true
