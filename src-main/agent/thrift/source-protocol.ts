// org.apache.flume.thrift.ThriftSourceProtocol: append and appendBatch of ThriftFlumeEvent {1: map<string,string> headers, 2: binary body},
// answered with Status {OK 0, FAILED 1, ERROR 2, UNKNOWN 3}. Messages in, messages out; no sockets here.
import { BatchBuilder } from '../../../src-shared/event/batch-builder.ts'
import { bodyAt, type EventBatch, type Headers, headersAt, withHeader } from '../../../src-shared/event/event-batch.ts'
import { hashMapOrder } from '../../../src-shared/flume/java-hash-order.ts'
import { type EventLimits, LimitExceeded, MessageAllowance } from '../network/limits.ts'
import { javaUtf8Text } from '../serialization/charset.ts'
import { binaryReader, binaryWriter } from './binary-protocol.ts'
import { compactReader, compactWriter } from './compact-protocol.ts'
import {
  BadThrift,
  MessageType,
  ProtocolError,
  type ThriftProtocolName,
  type ThriftReader,
  type ThriftWriter,
  TType,
} from './thrift-protocol.ts'

const readers = { compact: compactReader, binary: binaryReader }
const writers = { compact: compactWriter, binary: binaryWriter }

/** Stores a batch: OK after the commit, FAILED when the channel refused. Anything thrown goes to the client as a Thrift exception. */
export type AppendHandler = (batch: EventBatch, kind: 'append' | 'appendBatch') => Promise<'OK' | 'FAILED'>

/** The answer to one message; one beyond the limits is answered with an exception that says which. Throws BadThrift for what is no message of the protocol. */
export async function respond(
  protocol: ThriftProtocolName,
  message: Uint8Array,
  append: AppendHandler,
  limits: EventLimits,
): Promise<Buffer> {
  const reader = readers[protocol](message)
  const { name, serial } = reader.message()
  const writer = writers[protocol]()
  if (name !== 'append' && name !== 'appendBatch') {
    reader.skip(TType.struct)
    return exception(writer, name, serial, { type: 1, text: `Invalid method name: '${name}'` })
  }
  let batch: EventBatch | undefined
  try {
    batch = readArguments(reader, name, new MessageAllowance(limits))
  } catch (error) {
    if (error instanceof LimitExceeded || error instanceof ProtocolError)
      return exception(writer, name, serial, { type: 7, text: error.message })
    throw error
  }
  let status: 'OK' | 'FAILED'
  try {
    if (batch === undefined) throw new Error(`A call of ${name} carries no events.`)
    status = await append(batch, name)
  } catch {
    return exception(writer, name, serial, { type: 6, text: `Internal error processing ${name}` })
  }
  writer.message({ name, type: MessageType.reply, serial })
  writer.structBegin()
  writer.field(TType.i32, 0)
  writer.i32(status === 'OK' ? 0 : 1)
  writer.structEnd()
  return writer.finish()
}

/** A call of appendBatch with all events of the batch. A null header goes out as empty text, for Thrift's map has no null. */
export function encodeAppendBatch(protocol: ThriftProtocolName, serial: number, batch: EventBatch): Buffer {
  const writer = writers[protocol]()
  writer.message({ name: 'appendBatch', type: MessageType.call, serial })
  writer.structBegin()
  writer.field(TType.list, 1)
  writer.list(TType.struct, batch.count)
  for (let index = 0; index < batch.count; index++) writeEvent(writer, headersAt(batch, index), bodyAt(batch, index))
  writer.structEnd()
  return writer.finish()
}

/** The status a server answered; throws what an exception answer says. */
export function readStatus(protocol: ThriftProtocolName, message: Uint8Array): number {
  const reader = readers[protocol](message)
  const { type } = reader.message()
  let status: number | undefined
  let text = 'The answer has no status.'
  reader.structBegin()
  for (let field = reader.field(); field !== undefined; field = reader.field()) {
    if (type === MessageType.reply && field.id === 0 && field.type === TType.i32) status = reader.i32()
    else if (type === MessageType.exception && field.id === 1 && field.type === TType.binary) text = Buffer.from(reader.binary()).toString()
    else reader.skip(field.type)
  }
  if (status === undefined) throw new BadThrift(text)
  return status
}

/** Undefined without a field for them. Of a field that comes twice the last counts. */
function readArguments(reader: ThriftReader, name: 'append' | 'appendBatch', allowance: MessageAllowance): EventBatch | undefined {
  const wanted = name === 'append' ? TType.struct : TType.list
  let events: BatchBuilder | undefined
  reader.structBegin()
  for (let field = reader.field(); field !== undefined; field = reader.field()) {
    if (field.id !== 1 || field.type !== wanted) {
      reader.skip(field.type)
      continue
    }
    events = new BatchBuilder()
    // Whatever a list says that it holds: events are read.
    const size = name === 'append' ? 1 : reader.list().size
    for (let index = 0; index < size; index++) readEvent(reader, events, allowance)
  }
  reader.structEnd()
  return events?.build()
}

/** An event without one of its fields: the client hears it in the words of Flume's Thrift library. */
class FieldMissing extends ProtocolError {
  constructor(headers: Headers | undefined, capacity: number, body: Uint8Array | undefined) {
    const entries = headers && hashMapOrder(Object.keys(headers), capacity).map((name) => `${name}=${headers[name]}`)
    const hex = body && [...body.subarray(0, 128)].map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ')
    const more = (body?.length ?? 0) > 128 ? '...' : ''
    const shown = `ThriftFlumeEvent(headers:${entries === undefined ? 'null' : `{${entries.join(', ')}}`}, body:${hex ?? 'null'}${more})`
    super(`Required field '${headers === undefined ? 'headers' : 'body'}' was not present! Struct: ${shown}`)
  }
}

const noBody = new Uint8Array(0)

function readEvent(reader: ThriftReader, events: BatchBuilder, allowance: MessageAllowance): void {
  allowance.events(1)
  let headers: Headers | undefined
  let headerCount = 0
  let body: Uint8Array | undefined
  reader.structBegin()
  for (let field = reader.field(); field !== undefined; field = reader.field()) {
    if (field.id === 1 && field.type === TType.map) {
      headerCount = reader.map().size
      headers = readHeaders(reader, headerCount, allowance)
    } else if (field.id === 2 && field.type === TType.binary) body = reader.binary()
    else reader.skip(field.type)
  }
  reader.structEnd()
  if (headers === undefined || body === undefined) throw new FieldMissing(headers, headerCount * 2, body)
  events.add(headers, body.length === 0 ? noBody : body)
}

function readHeaders(reader: ThriftReader, size: number, allowance: MessageAllowance): Headers {
  const headers: Record<string, string> = {}
  for (let entry = 0; entry < size; entry++) {
    const name = reader.text()
    const value = reader.text()
    const text = javaUtf8Text(name)
    allowance.header(text, Math.max(name.length, value.length))
    withHeader(headers, text, javaUtf8Text(value))
  }
  return headers
}

function writeEvent(writer: ThriftWriter, headers: Headers, body: Uint8Array): void {
  const entries = Object.entries(headers)
  writer.structBegin()
  writer.field(TType.map, 1)
  writer.map(TType.binary, TType.binary, entries.length)
  for (const [name, value] of entries) {
    writer.binary(Buffer.from(name))
    writer.binary(Buffer.from(value ?? ''))
  }
  writer.field(TType.binary, 2)
  writer.binary(body)
  writer.structEnd()
}

function exception(writer: ThriftWriter, name: string, serial: number, error: { type: number; text: string }): Buffer {
  writer.message({ name, type: MessageType.exception, serial })
  writer.structBegin()
  writer.field(TType.binary, 1)
  writer.binary(Buffer.from(error.text))
  writer.field(TType.i32, 2)
  writer.i32(error.type)
  writer.structEnd()
  return writer.finish()
}
