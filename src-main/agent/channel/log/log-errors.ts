// What can go wrong with a log's files, as sentences that say what to do.
import { MillraceError, messageOf, phraseOf } from '../../../../src-shared/errors.ts'
import { isDamage, isDiskFull, sqliteCode } from '../../../storage/sqlite.ts'

const advice = '"millrace channel check" says what is lost, "millrace channel repair" saves the rest.'

/** `what` cannot be read because of `cause`. */
export function damaged(what: string, cause: unknown): MillraceError {
  return new MillraceError('CHANNEL_DAMAGED', `Cannot read ${what}: ${phraseOf(cause)}. The file is left as it is; ${advice}`, { cause })
}

/** Any failure while `doing` something with the files in `folder` (`Writing to the log`), as an error with a code. */
export function failure(doing: string, folder: string, cause: unknown): MillraceError {
  if (cause instanceof MillraceError) return cause
  if (isDiskFull(cause)) {
    const message = `${doing} in ${folder} failed: the disk is full. Nothing that was stored is lost; give the disk room and it goes on.`
    return new MillraceError('DISK_FULL', message, { cause })
  }
  if (isDamage(cause)) return damaged(`the log in ${folder}`, cause)
  if (isRefused(cause)) {
    const message = `${doing} in ${folder} is not permitted (${messageOf(cause)}). Let this user read and write the folder and its files.`
    return new MillraceError('IO', message, { cause })
  }
  return new MillraceError('IO', `${doing} in ${folder} failed: ${phraseOf(cause)}.`, { cause })
}

function isRefused(thrown: unknown): boolean {
  const code = sqliteCode(thrown) ?? (thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '')
  return ['EACCES', 'EPERM', 'EROFS'].includes(code) || code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_CANTOPEN')
}
