// Where a named receiver of a stream program is found by the sinks that hand over to it: a socket of this user's on this machine, and a
// note beside it that says whose it is. One name, one receiver, whichever process (window, `millrace stream`) runs it.
import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { MillraceError, phraseOf } from '../../../src-shared/errors.ts'

const noteSchema = v.object({
  name: v.string(),
  pid: v.number(),
  appName: v.string(),
  /** Of the receiver's batches; absent where it is not known. */
  batchIntervalMs: v.optional(v.number()),
})

/** Who is behind a door. */
export type ReceiverNote = Readonly<v.InferOutput<typeof noteSchema>>

export interface ReceiverDoor {
  /** What a server listens on and a client connects to. */
  readonly socket: string
  readonly note: string
}

type Env = Readonly<Record<string, string | undefined>>

/** The door of a receiver name. Its folder is this user's alone; IO when it is not. `MILLRACE_RUN_DIR` names another folder. */
export function receiverDoor(name: string, env: Env = process.env): ReceiverDoor {
  const folder = env['MILLRACE_RUN_DIR'] ?? join(env['XDG_RUNTIME_DIR'] ?? tmpdir(), `millrace-${userInfo().username}`)
  ownFolder(folder)
  // Hashed: a name may have any characters, and a socket's path at most about 100.
  const hash = createHash('sha256').update(`${folder}\0${name}`).digest('hex').slice(0, 16)
  const note = join(folder, `receiver-${hash}.json`)
  return { note, socket: process.platform === 'win32' ? `\\\\.\\pipe\\millrace-${hash}` : join(folder, `receiver-${hash}`) }
}

function ownFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const stat = lstatSync(folder)
    if (stat.isDirectory() && (process.getuid === undefined || stat.uid === process.getuid())) return
  } catch (error) {
    throw new MillraceError('IO', `The folder ${folder}, where receivers are found, cannot be used: ${phraseOf(error)}.`, { cause: error })
  }
  throw new MillraceError('IO', `${folder}, where receivers are found, is not a folder of yours; name another in MILLRACE_RUN_DIR.`)
}

/** Who is behind the door as far as the note says; undefined without one. */
export function readNote(door: ReceiverDoor): ReceiverNote | undefined {
  try {
    const parsed = v.safeParse(noteSchema, JSON.parse(readFileSync(door.note, 'utf8')))
    return parsed.success ? parsed.output : undefined
  } catch {
    // No note, or half of one: it only words a sentence.
    return undefined
  }
}

/** Before a receiver listens: refuses (CONFLICT) when another one is behind the door, takes away what a killed one left. */
export async function claimDoor(door: ReceiverDoor, note: ReceiverNote): Promise<void> {
  if (await answers(door.socket)) {
    const other = readNote(door)
    throw new MillraceError(
      'CONFLICT',
      `A receiver named ${note.name} runs already${other === undefined ? '' : ` (${other.appName}, process ${other.pid})`}. Stop it, or give this one another name.`,
    )
  }
  rmSync(door.socket, { force: true })
  writeFileSync(door.note, JSON.stringify(note), { mode: 0o600 })
}

export function leaveDoor(door: ReceiverDoor): void {
  rmSync(door.note, { force: true })
}

function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect({ path: socket })
    probe.once('connect', () => {
      probe.destroy()
      resolve(true)
    })
    probe.once('error', () => resolve(false))
  })
}
