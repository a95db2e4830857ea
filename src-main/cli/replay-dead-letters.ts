// Sends what lies in a dead letter file to an Avro source.
import { existsSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { MillraceError } from '../../src-shared/errors.ts'
import { batchOf } from '../../src-shared/event/build-batch.ts'
import { FlumeClient } from '../agent/avro/flume-client.ts'
import { type DeadLetterLine, deadLettersIn, eventOf } from '../agent/dead-letter/dead-letter-file.ts'

const batchEvents = 100
const timeoutMs = 20_000

/**
 * The file is moved away first: an agent that goes on setting events aside begins a new one. What is not acknowledged stays in the moved file,
 * and the next call begins with it. An event whose acknowledgement was lost comes twice.
 */
export async function replayDeadLetters(file: string, host: string, port: number): Promise<number> {
  const moved = `${file}.replaying`
  if (!existsSync(moved) && !existsSync(file)) throw new MillraceError('NOT_FOUND', `There is no dead letter file ${file}.`)
  let sent = 0
  for (const part of [moved, file]) {
    if (!existsSync(part)) continue
    if (part === file) await rename(file, moved)
    sent += await sendFile(moved, host, port)
  }
  return sent
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
