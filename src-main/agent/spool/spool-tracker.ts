// The spooldir source's tracker: which file is being read and how far it is delivered, in Flume's own form: an Avro container whose metadata
// names the file and whose last record {long offset} counts. Written beside and renamed over, so that a torn one is never seen.

import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { AvroReader, AvroWriter } from '../avro/avro-binary.ts'
import { replaceFile } from '../platform/replace-file.ts'

const schema =
  '{"type":"record","name":"TransferStateFileMeta","namespace":"org.apache.flume.serialization","fields":[{"name":"offset","type":"long"}]}'
const magic = Buffer.from('Obj\u0001', 'latin1')

export interface SpoolPosition {
  readonly file: string
  readonly offset: number
}

/** What the tracker says, or undefined when there is none, or none that can be read: then its file is read from the beginning. */
export function readSpoolTracker(path: string): SpoolPosition | undefined {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    const reader = new AvroReader(bytes, magic.length)
    const metadata = new Map<string, string>()
    for (let count = reader.readBlockCount(); count > 0; count = reader.readBlockCount()) {
      for (let entry = 0; entry < count; entry++) metadata.set(reader.readText(), reader.readText())
    }
    reader.readFixed(16)
    let offset = 0
    while (reader.position < bytes.length) {
      const records = reader.readLong()
      reader.readLong()
      for (let record = 0; record < records; record++) offset = reader.readLong()
      reader.readFixed(16)
    }
    const file = metadata.get('file')
    return file === undefined || !Number.isSafeInteger(offset) || offset < 0 ? undefined : { file, offset }
  } catch {
    // Torn or something else's: nothing was promised about the file, it is read again from its beginning.
    return undefined
  }
}

export function writeSpoolTracker(path: string, { file, offset }: SpoolPosition): void {
  const sync = randomBytes(16)
  const record = new AvroWriter(16)
  record.writeLong(offset)
  const datum = record.finish()
  const writer = new AvroWriter(512)
  writer.writeFixed(magic)
  writer.writeLong(2)
  writer.writeText('avro.schema')
  writer.writeText(schema)
  writer.writeText('file')
  writer.writeText(file)
  writer.writeLong(0)
  writer.writeFixed(sync)
  writer.writeLong(1)
  writer.writeBytes(datum)
  writer.writeFixed(sync)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(`${path}.tmp`, writer.finish())
  replaceFile(`${path}.tmp`, path)
}

export function removeSpoolTracker(path: string): void {
  rmSync(path, { force: true })
}
