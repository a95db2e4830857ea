// Web globals that Node 16 has only as modules, or not at all (the RPC library asks whether a value is one), for the stub. Imported first.
import { Blob } from 'node:buffer'
import { ReadableStream, TransformStream, WritableStream } from 'node:stream/web'

class Absent {}

for (const [name, value] of Object.entries({
  Blob,
  File: Blob,
  ReadableStream,
  TransformStream,
  WritableStream,
  FormData: Absent,
  Headers: Absent,
  Request: Absent,
  Response: Absent,
})) {
  if (!(name in globalThis)) Object.assign(globalThis, { [name]: value })
}
