// `stream.json` in a stream's state folder: which program and which channels it is of, so that its batches can be shown and run again by
// whoever finds the folder.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { keptJson } from '../storage/kept-json.ts'

const schema = v.object({
  id: v.string(),
  file: v.string(),
  channels: v.array(v.object({ name: v.string(), folder: v.string() })),
  /** What it was started with; a replay has the same partitions. */
  master: v.exactOptional(v.string()),
})

export type StreamDescription = Readonly<v.InferOutput<typeof schema>>

const fileName = 'stream.json'

export function writeDescription(folder: string, description: StreamDescription): void {
  const path = join(folder, fileName)
  writeFileSync(`${path}.new`, `${JSON.stringify(description, null, 2)}\n`)
  renameSync(`${path}.new`, path)
}

/** Undefined where no stream ever ran. Throws IO for a file that is not as it was written. */
export function readDescription(folder: string): StreamDescription | undefined {
  const path = join(folder, fileName)
  if (!existsSync(path)) return undefined
  const mend = 'Start the stream once more: it is written anew.'
  return keptJson(schema, readFileSync(path, 'utf8'), { what: `The file ${path}`, mend })
}
