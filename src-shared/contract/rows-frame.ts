// Payload of a log's rows (bulk-frame.ts DATA):
//
//   u32 LE count · count × { f64 LE line (0-based) · f64 LE byte offset in the file · f64 LE length of the line in bytes · u32 LE bytes shown }
//   · the shown bytes of all rows, one after another
//
// Bytes are as they stand in the file, without the line end. A line longer than the asked-for cut comes with its first bytes only.

export interface LogRow {
  /** 0-based. */
  readonly line: number
  /** Where the line begins in the file. */
  readonly offset: number
  /** Whole length in bytes, without its line end; more than `bytes.length` where the line was cut. */
  readonly length: number
  readonly bytes: Uint8Array
}

const rowHead = 28

export function encodeRows(rows: readonly LogRow[]): Uint8Array {
  let size = 4 + rows.length * rowHead
  for (const row of rows) size += row.bytes.length
  const payload = new Uint8Array(size)
  const view = new DataView(payload.buffer)
  view.setUint32(0, rows.length, true)
  let at = 4
  let bytesAt = 4 + rows.length * rowHead
  for (const row of rows) {
    view.setFloat64(at, row.line, true)
    view.setFloat64(at + 8, row.offset, true)
    view.setFloat64(at + 16, row.length, true)
    view.setUint32(at + 24, row.bytes.length, true)
    payload.set(row.bytes, bytesAt)
    at += rowHead
    bytesAt += row.bytes.length
  }
  return payload
}

/** Rows of a payload; `bytes` are views into it. */
export function decodeRows(payload: Uint8Array): LogRow[] {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength)
  const count = view.getUint32(0, true)
  const rows: LogRow[] = []
  let bytesAt = 4 + count * rowHead
  for (let index = 0; index < count; index++) {
    const at = 4 + index * rowHead
    const shown = view.getUint32(at + 24, true)
    rows.push({
      line: view.getFloat64(at, true),
      offset: view.getFloat64(at + 8, true),
      length: view.getFloat64(at + 16, true),
      bytes: payload.subarray(bytesAt, bytesAt + shown),
    })
    bytesAt += shown
  }
  return rows
}
