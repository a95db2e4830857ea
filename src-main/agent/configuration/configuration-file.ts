// Reading a configuration file from disk, with a sentence for every way in which that can fail; and what the process gives a load:
// system properties, the commands of external configuration filters.
import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { homedir, tmpdir, userInfo } from 'node:os'
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
    const zero = bytes.indexOf(0)
    if (zero !== -1)
      return unreadable(`${file} is not text: byte ${zero} is zero.`, 'A configuration is a .properties file in UTF-8 or ISO-8859-1.')
    return bytes
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT') return unreadable(`There is no file ${file}.`)
    if (code === 'EACCES' || code === 'EPERM') return unreadable(`${file} may not be read.`, 'Give yourself the permission to read it.')
    return unreadable(`${file} cannot be read: ${phraseOf(error)}.`)
  }
}

/** System properties for ${sys:…}: those of a JVM that have a meaning here, then the given -D values. */
export function systemProperties(defined: Readonly<Record<string, string>>): Record<string, string> {
  return {
    'user.home': homedir(),
    'user.name': userInfo().username,
    'user.dir': process.cwd(),
    'java.io.tmpdir': tmpdir(),
    'file.separator': process.platform === 'win32' ? '\\' : '/',
    'path.separator': process.platform === 'win32' ? ';' : ':',
    'line.separator': process.platform === 'win32' ? '\r\n' : '\n',
    'file.encoding': 'UTF-8',
    ...defined,
  }
}

/** `key=value` arguments of -D → properties, of which later ones win. A key alone is the empty text, as in Java. */
export function definedProperties(definitions: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(
    definitions.map((definition) => {
      const equals = definition.indexOf('=')
      return equals === -1 ? [definition, ''] : [definition.slice(0, equals), definition.slice(equals + 1)]
    }),
  )
}

/** Runs the command of an external configuration filter, without a shell; the first line of its output, undefined when there is none. Throws with a sentence. */
export function runFilterCommand(command: readonly string[]): string | undefined {
  const [program, ...args] = command
  try {
    const output = execFileSync(program!, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 30_000,
      maxBuffer: 1024 * 1024,
    })
    return output === '' ? undefined : output.split(/\r\n|\r|\n/)[0]
  } catch (error) {
    const { status, stderr, code, signal } = error as { status?: number | null; stderr?: string; code?: string; signal?: string | null }
    if (code === 'ENOENT') throw new Error(`there is no program ${program}`, { cause: error })
    if (code === 'ETIMEDOUT' || signal === 'SIGTERM') throw new Error(`${program} did not answer within 30 s`, { cause: error })
    if (typeof status === 'number')
      throw new Error(`${program} ended with ${status}${stderr ? `: ${stderr.trim().split('\n')[0]}` : ''}`, { cause: error })
    throw error
  }
}
