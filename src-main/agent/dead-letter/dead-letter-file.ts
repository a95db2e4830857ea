// Dead letters in a file. One JSON object a line, appended and forced to the disk:
//
//   {"time":"2026-01-02T03:04:05.678Z","sink":"k1","channel":"c1","ordinal":17,"attempts":6,"error":"…","headers":{"host":"h"},"body":"…"}
//
// `bodyBase64` stands for `body` where the bytes are not UTF-8; `ordinal` is absent for channels that number nothing. A line that a crash
// cut short is left as it is and the next one begins behind it.
import { mkdir, open, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { MillraceError } from '../../../src-shared/errors.ts'
import { eventAt, type FlumeEvent, type Headers } from '../../../src-shared/event/event-batch.ts'
import type { DeadLetter, DeadLetterBox } from './dead-letter.ts'

/** Where a sink's dead letters go; `named`: its deadLetter.file. */
export const deadLetterPath = (named: string | undefined, workDir: string, sink: string): string =>
  named ?? join(workDir, 'dead-letters', `${sink}.jsonl`)

/** A line as it is read. */
export interface DeadLetterRecord {
  readonly time: string
  readonly sink: string
  readonly channel: string
  readonly ordinal?: number
  readonly attempts: number
  readonly error: string
  readonly headers: Headers
  readonly body?: string
  readonly bodyBase64?: string
}

export interface DeadLetterLine {
  /** 1-based. */
  readonly line: number
  readonly text: string
  readonly record: DeadLetterRecord | undefined
}

/** The lines of a file that are not empty, one by one; `record` is undefined for one that is no record. A file that is not there is ENOENT. */
export async function* deadLettersIn(path: string): AsyncGenerator<DeadLetterLine> {
  let line = 0
  const file = await open(path)
  try {
    for await (const text of file.readLines()) {
      line += 1
      if (text.trim() !== '') yield { line, text, record: recordOf(text) }
    }
  } finally {
    await file.close()
  }
}

/** The event as it was in its channel. */
export function eventOf(record: DeadLetterRecord): FlumeEvent {
  return {
    headers: record.headers,
    body: Buffer.from(record.bodyBase64 ?? record.body ?? '', record.bodyBase64 === undefined ? 'utf8' : 'base64'),
  }
}

export class DeadLetterFile implements DeadLetterBox {
  readonly place: string
  #waiting: number | undefined
  /** The last line of an earlier run: the only event that may be set aside a second time, by a process that was killed before its commit. */
  #last: DeadLetterRecord | undefined

  constructor(path: string) {
    this.place = path
  }

  async waiting(): Promise<number> {
    if (this.#waiting !== undefined && this.#waiting > 0 && (await isGone(this.place))) this.#waiting = 0
    if (this.#waiting !== undefined) return this.#waiting
    let count = 0
    try {
      for await (const { record } of deadLettersIn(this.place)) {
        if (record === undefined) continue
        count += 1
        this.#last = record
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw this.#unusable('read', error)
    }
    this.#waiting = count
    return count
  }

  async put(letter: DeadLetter): Promise<void> {
    const waiting = await this.waiting()
    const record = recordFor(letter)
    const before = this.#last
    this.#last = undefined
    if (before !== undefined && isSameEvent(before, record)) return
    const { wasEmpty } = await append(this.place, lineOf(record)).catch((error: unknown) => {
      throw this.#unusable('written', error)
    })
    this.#waiting = (wasEmpty ? 0 : waiting) + 1
  }

  #unusable(how: 'read' | 'written', cause: unknown): MillraceError {
    return new MillraceError('IO', `The dead letter file ${this.place} cannot be ${how}; nothing is set aside`, { cause })
  }
}

async function isGone(path: string): Promise<boolean> {
  return stat(path).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
  )
}

/** Opened for each line: they are rare, and the file may be moved away at any time. */
async function append(path: string, line: string): Promise<{ readonly wasEmpty: boolean }> {
  await mkdir(dirname(path), { recursive: true })
  const file = await open(path, 'a+', 0o600)
  try {
    const { size } = await file.stat()
    const end = Buffer.alloc(1)
    if (size > 0) await file.read(end, 0, 1, size - 1)
    await file.appendFile(size > 0 && end[0] !== 0x0a ? `\n${line}` : line)
    await file.sync()
    return { wasEmpty: size === 0 }
  } finally {
    await file.close()
  }
}

/** The separators that JSON leaves as they are end a line for some readers. */
function lineOf(record: DeadLetterRecord): string {
  return `${JSON.stringify(record).replace(/[\u2028\u2029]/g, (separator) => `\\u${separator.charCodeAt(0).toString(16)}`)}\n`
}

function recordFor({ event, sink, channel, ordinal, error, attempts, time }: DeadLetter): DeadLetterRecord {
  const { headers, body } = eventAt(event, 0)
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length)
  const text = bytes.toString('utf8')
  return {
    time: new Date(time).toISOString(),
    sink,
    channel,
    ...(ordinal !== undefined && { ordinal }),
    attempts,
    error,
    headers,
    ...(Buffer.from(text, 'utf8').equals(bytes) ? { body: text } : { bodyBase64: bytes.toString('base64') }),
  }
}

function isSameEvent(a: DeadLetterRecord, b: DeadLetterRecord): boolean {
  if (a.ordinal === undefined) return false
  const identity = ({ sink, channel, ordinal, headers, body, bodyBase64 }: DeadLetterRecord): string =>
    JSON.stringify([sink, channel, ordinal, Object.entries(headers), body, bodyBase64])
  return identity(a) === identity(b)
}

/** Undefined for a line that is no dead letter. */
export function recordOf(line: string): DeadLetterRecord | undefined {
  try {
    const value = JSON.parse(line) as Partial<DeadLetterRecord> | null
    const body = value?.body ?? value?.bodyBase64
    if (typeof value?.sink !== 'string' || !isHeaders(value.headers) || typeof body !== 'string') return undefined
    return value as DeadLetterRecord
  } catch {
    return undefined // a line cut short by a crash
  }
}

/** A null is a header that an Avro client sent so. */
function isHeaders(value: unknown): value is Headers {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
