// Sends what lies in a dead letter file to an Avro source.
import { existsSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { MillraceError } from '../../src-shared/errors.ts'
import { batchOf } from '../../src-shared/event/build-batch.ts'
import { FlumeClient } from '../agent/avro/flume-client.ts'
import { type DeadLetterLine, deadLettersIn, eventOf } from '../agent/dead-letter/dead-letter-file.ts'
import { readableFile } from './named-path.ts'

const batchEvents = 100
const timeoutMs = 20_000

/**
 * The file is moved away first: an agent that goes on setting events aside begins a new one. What is not acknowledged stays in the moved file,
 * and the next call begins with it. An event whose acknowledgement was lost comes twice.
 */
export async function replayDeadLetters(file: string, host: string, port: number): Promise<number> {
  const moved = `${file}.replaying`
  const parts = [moved, file].filter((part) => existsSync(part))
  if (parts.length === 0) throw new MillraceError('NOT_FOUND', `There is no dead letter file ${file}.`)
  // Before anything is moved: a name that was mistyped must not cost a person another file.
  for (const part of parts) await requireDeadLetters(part)
  let sent = 0
  for (const part of parts) {
    if (part === file) await rename(file, moved)
    sent += await sendFile(moved, host, port)
  }
  return sent
}

/** Throws unless a line of the file is a record. */
async function requireDeadLetters(file: string): Promise<void> {
  readableFile(file)
  for await (const { record } of deadLettersIn(file)) if (record !== undefined) return
  throw new MillraceError(
    'NOT_FOUND',
    `${file} holds no dead letter; it was left as it is. \`millrace dead-letters list\` shows the files that do.`,
  )
}

async function sendFile(path: string, host: string, port: number): Promise<number> {
  const lines: DeadLetterLine[] = []
  for await (const line of deadLettersIn(path)) lines.push(line)
  const unreadable = lines.filter(({ record }) => record === undefined)
  const good = lines.flatMap(({ record, text }) => (record === undefined ? [] : [{ record, text }]))
  let sent = 0
  try {
    const client = await FlumeClient.connect({ host, port, connectTimeoutMs: timeoutMs, requestTimeoutMs: timeoutMs })
    try {
      for (; sent < good.length; sent += Math.min(batchEvents, good.length - sent)) {
        await client.appendBatch(batchOf(good.slice(sent, sent + batchEvents).map(({ record }) => eventOf(record))))
      }
    } finally {
      client.close()
    }
  } catch (cause) {
    await replace(path, [...good.slice(sent), ...unreadable])
    throw new MillraceError('EVENT_DELIVERY', `${sent} events were acknowledged; the others wait in ${path} for the same command`, {
      cause,
    })
  }
  if (unreadable.length === 0) await rm(path)
  else {
    await replace(path, unreadable)
    await rename(path, path.replace(/\.replaying$/, '.unreadable'))
    process.stderr.write(`${unreadable.length} lines are no records and lie in ${path.replace(/\.replaying$/, '.unreadable')}.\n`)
  }
  return sent
}

/** In one step: after a crash it is the old or the new content. */
async function replace(path: string, lines: readonly { readonly text: string }[]): Promise<void> {
  const fresh = join(dirname(path), `.${basename(path)}.${process.pid}`)
  await writeFile(fresh, lines.map(({ text }) => `${text}\n`).join(''), { mode: 0o600, flush: true })
  await rename(fresh, path)
}
