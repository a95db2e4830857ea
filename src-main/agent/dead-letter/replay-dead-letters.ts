// Sends what lies in a dead letter file to an Avro source: for the command line and for the window.
import { existsSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { MillraceError, messageOf } from '../../../src-shared/errors.ts'
import { batchOf } from '../../../src-shared/event/build-batch.ts'
import type { FlumeEvent } from '../../../src-shared/event/event-batch.ts'
import { type FileLock, lockFile } from '../../storage/file-lock.ts'
import { FlumeClient } from '../avro/flume-client.ts'
import { type DeadLetterLine, deadLettersIn, eventOf } from './dead-letter-file.ts'
import { openDeadLetterFile } from './dead-letter-page.ts'

const batchEvents = 100
const timeoutMs = 20_000

export interface DeadLetterReplay {
  /** Events that were sent and acknowledged. */
  readonly sent: number
  /** Where lines lie that are no records. */
  readonly unreadable: readonly { readonly lines: number; readonly file: string }[]
}

/** Where a replay keeps the events that are not acknowledged yet. */
export const replayingFile = (file: string): string => `${file}.replaying`

/** The files in which dead letters of `file` lie, in the order in which a replay sends them: what is left of an earlier one first. */
export const deadLetterParts = (file: string): readonly string[] => [replayingFile(file), file].filter((part) => existsSync(part))

/**
 * The file is moved away first: an agent that goes on setting events aside begins a new one. What is not acknowledged stays in the moved file,
 * and the next call begins with it. An event whose acknowledgement was lost comes twice. CHANNEL_LOCKED while another call is at the same file.
 */
export async function replayDeadLetters(file: string, host: string, port: number): Promise<DeadLetterReplay> {
  // Before anything is made or moved: a name that was mistyped must not cost a person another file.
  await requireParts(file)
  const lock = lockReplay(file)
  try {
    // Another replay may have been at its end just before.
    return await replayParts(file, await requireParts(file), host, port)
  } finally {
    lock.release()
  }
}

/** Two at once, of the window and the command line, would send events twice and keep what neither has. */
function lockReplay(file: string): FileLock {
  let lock: FileLock | undefined
  try {
    lock = lockFile(`${file}.lock`)
  } catch (cause) {
    throw new MillraceError('IO', `${file}.lock, which holds off a second replay, cannot be made: ${messageOf(cause)}`, { cause })
  }
  if (lock === undefined)
    throw new MillraceError(
      'CHANNEL_LOCKED',
      `The events of ${file} are being sent at this moment by another process. Nothing was sent from here.`,
    )
  return lock
}

async function requireParts(file: string): Promise<readonly string[]> {
  const parts = deadLetterParts(file)
  if (parts.length === 0) throw new MillraceError('NOT_FOUND', `There is no dead letter file ${file}.`)
  for (const part of parts) await requireDeadLetters(part)
  return parts
}

async function replayParts(file: string, parts: readonly string[], host: string, port: number): Promise<DeadLetterReplay> {
  const moved = replayingFile(file)
  let sent = 0
  const unreadable: { lines: number; file: string }[] = []
  for (const part of parts) {
    if (part === file) await rename(file, moved)
    const done = await sendFile(moved, host, port)
    sent += done.sent
    if (done.unreadable > 0) unreadable.push({ lines: done.unreadable, file: await setUnreadableAside(moved) })
    else await rm(moved)
  }
  return { sent, unreadable }
}

/** Throws unless a line of the file is a record. */
async function requireDeadLetters(file: string): Promise<void> {
  await (await openDeadLetterFile(file)).close()
  for await (const { record } of deadLettersIn(file)) if (record !== undefined) return
  throw new MillraceError(
    'NOT_FOUND',
    `${file} holds no dead letter; it was left as it is. \`millrace dead-letters list\` shows the files that do.`,
  )
}

/** Holds one batch of the file at a time. When it fails, the file holds what was not acknowledged. */
async function sendFile(path: string, host: string, port: number): Promise<{ sent: number; unreadable: number }> {
  let sent = 0
  let unreadable = 0
  let batch: FlumeEvent[] = []
  try {
    const client = await FlumeClient.connect({ host, port, connectTimeoutMs: timeoutMs, requestTimeoutMs: timeoutMs })
    const send = async (): Promise<void> => {
      if (batch.length > 0) await client.appendBatch(batchOf(batch))
      sent += batch.length
      batch = []
    }
    try {
      for await (const { record } of deadLettersIn(path)) {
        if (record === undefined) unreadable += 1
        else if (batch.push(eventOf(record)) === batchEvents) await send()
      }
      await send()
    } finally {
      client.close()
    }
  } catch (cause) {
    let seen = 0
    await keepLines(path, ({ record }) => record === undefined || ++seen > sent)
    throw new MillraceError('EVENT_DELIVERY', `${sent} events were acknowledged; the others wait in ${path} for the next replay`, {
      cause,
    })
  }
  return { sent, unreadable }
}

async function setUnreadableAside(moved: string): Promise<string> {
  const aside = moved.replace(/\.replaying$/, '.unreadable')
  await keepLines(moved, ({ record }) => record === undefined)
  await rename(moved, aside)
  return aside
}

/** In one step: after a crash it is the old or the new content. */
async function keepLines(path: string, wanted: (line: DeadLetterLine) => boolean): Promise<void> {
  const fresh = join(dirname(path), `.${basename(path)}.${process.pid}`)
  const kept = async function* (): AsyncGenerator<string> {
    for await (const line of deadLettersIn(path)) if (wanted(line)) yield `${line.text}\n`
  }
  await writeFile(fresh, kept(), { mode: 0o600, flush: true })
  await rename(fresh, path)
}
