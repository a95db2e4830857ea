// `stream.json` in a stream's state folder: which program and which channels it is of, so that its batches can be shown and run again by
// whoever finds the folder.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ChannelFolder } from '../streaming/program/program-messages.ts'

export interface StreamDescription {
  readonly id: string
  readonly file: string
  readonly channels: readonly ChannelFolder[]
  /** What it was started with; a replay has the same partitions. */
  readonly master?: string
}

const fileName = 'stream.json'

export function writeDescription(folder: string, description: StreamDescription): void {
  const path = join(folder, fileName)
  writeFileSync(`${path}.new`, `${JSON.stringify(description, null, 2)}\n`)
  renameSync(`${path}.new`, path)
}

/** Undefined where no stream ever ran. */
export function readDescription(folder: string): StreamDescription | undefined {
  const path = join(folder, fileName)
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as StreamDescription) : undefined
}
