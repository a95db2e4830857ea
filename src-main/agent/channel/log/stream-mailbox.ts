// Cursors of streams that run in another process than their channel. Only the process that holds a log's lock may write its index, so a
// stream leaves its wish in a file of its own, `streams/<name>.json` in the log's folder, and the channel takes it over when it opens and
// every few seconds. A position only ever grows, so a wish that is read late pins more, never less.
//
//   { "position": n }     everything before ordinal n is consumed; the first wish of a name makes the cursor
//   { "released": true }  the cursor goes; the channel removes the file
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { messageOf } from '../../../../src-shared/errors.ts'
import type { Logger } from '../../../log.ts'
import { keptJson } from '../../../storage/kept-json.ts'

const wishSchema = v.union([
  v.object({ position: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) }),
  v.object({ released: v.literal(true) }),
])
export type StreamWish = Readonly<v.InferOutput<typeof wishSchema>>

/** What the channel does with wishes; the open log is one. */
export interface StreamCursors {
  readonly extent: { readonly next: number }
  streamPosition(name: string): number | undefined
  addStream(name: string, from: number): Promise<void>
  advanceStream(name: string, to: number): Promise<void>
  releaseStream(name: string): Promise<void>
}

const mailboxOf = (folder: string): string => join(folder, 'streams')

/** Called by the stream's process. Replaces an earlier wish of the same name. */
export function leaveWish(folder: string, name: string, wish: StreamWish): void {
  const mailbox = mailboxOf(folder)
  mkdirSync(mailbox, { recursive: true })
  const path = join(mailbox, `${encodeURIComponent(name)}.json`)
  writeFileSync(`${path}.new`, JSON.stringify(wish))
  renameSync(`${path}.new`, path)
}

/** The wish of stream `name`, if it left one that has not been released. Throws IO for a file that holds no wish. */
export function wishOf(folder: string, name: string): StreamWish | undefined {
  const path = join(mailboxOf(folder), `${encodeURIComponent(name)}.json`)
  return existsSync(path) ? readWish(path) : undefined
}

/** Called by the process that holds the lock. One wish that cannot be followed is told and hinders no other. */
export async function followWishes(folder: string, cursors: StreamCursors, log: Logger): Promise<void> {
  const mailbox = mailboxOf(folder)
  if (!existsSync(mailbox)) return
  for (const file of readdirSync(mailbox)) {
    if (!file.endsWith('.json')) continue
    try {
      const name = decodeURIComponent(file.slice(0, -'.json'.length))
      await follow(name, readWish(join(mailbox, file)), cursors)
      if (cursors.streamPosition(name) === undefined) rmSync(join(mailbox, file), { force: true })
    } catch (error) {
      log.warn('The cursor of a stream in another process could not follow it', { file: join(mailbox, file), error: messageOf(error) })
    }
  }
}

function readWish(path: string): StreamWish {
  const mend = 'Delete it: the stream goes on from the ranges that it has noted itself.'
  return keptJson(wishSchema, readFileSync(path, 'utf8'), { what: `The file ${path}`, mend })
}

async function follow(name: string, wish: StreamWish, cursors: StreamCursors): Promise<void> {
  const position = cursors.streamPosition(name)
  if ('released' in wish) {
    if (position !== undefined) await cursors.releaseStream(name)
  } else if (position === undefined) {
    await cursors.addStream(name, wish.position)
  } else if (wish.position > position) {
    await cursors.advanceStream(name, Math.min(wish.position, cursors.extent.next))
  }
}
