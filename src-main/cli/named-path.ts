// Files and folders that a person names on the command line: there and of the right kind, or one sentence that says what to do.
import { accessSync, constants, type Stats, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { MillraceError, messageOf } from '../../src-shared/errors.ts'

/** Absolute path of what can be opened to be read: a file, a pipe, a device. `option` is what it was given as. Throws NOT_FOUND or IO. */
export function readableFile(name: string, option?: string): string {
  const path = resolve(name)
  if (found('file', path, option).isDirectory())
    throw new MillraceError('NOT_FOUND', `${path}${given(option)} is a folder. Name a file in it.`)
  try {
    accessSync(path, constants.R_OK)
  } catch (cause) {
    throw new MillraceError('IO', `${path}${given(option)} cannot be read: ${messageOf(cause)}. Give your user the right to.`)
  }
  return path
}

/** Absolute path of a folder that is there. Throws NOT_FOUND or IO. */
export function existingFolder(name: string, option?: string): string {
  const path = resolve(name)
  if (!found('folder', path, option).isDirectory()) throw new MillraceError('NOT_FOUND', `${path}${given(option)} is no folder.`)
  return path
}

function found(kind: string, path: string, option: string | undefined): Stats {
  try {
    return statSync(path)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new MillraceError('NOT_FOUND', `There is no ${kind} ${path}${given(option)}. Relative names are looked up in ${process.cwd()}.`)
    throw new MillraceError('IO', `${path}${given(option)} cannot be looked at: ${messageOf(cause)}`)
  }
}

const given = (option: string | undefined): string => (option === undefined ? '' : ` (${option})`)
