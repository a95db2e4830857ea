// Payload of a tap (bulk-frame.ts DATA): events that passed a wire, as the tap saw them.
//
//   u32 LE count · count × { f64 LE time seen (ms since 1970) · u32 LE bytes of headers · u32 LE length of the body · u32 LE body bytes shown
//   · headers as JSON in UTF-8 · shown body bytes }
//
// A tap is a sample with a count, not a delivery: what a slow viewer did not get is in the tap's status (taps.ts), never queued.

export interface TapEvent {
  readonly seenAt: number
  readonly headers: Readonly<Record<string, string | null>>
  /** Whole length of the body; more than `body.length` where it was cut. */
  readonly length: number
  readonly body: Uint8Array
}

const eventHead = 20

/** The same without decoded headers: what the engine has at hand. */
export interface EncodedTapEvent {
  readonly seenAt: number
  /** JSON in UTF-8. */
  readonly headers: Uint8Array
  readonly length: number
  readonly body: Uint8Array
}

export function encodeTapEvents(events: readonly EncodedTapEvent[]): Uint8Array {
  let size = 4
  for (const event of events) size += eventHead + event.headers.length + event.body.length
  const payload = new Uint8Array(size)
  const view = new DataView(payload.buffer)
  view.setUint32(0, events.length, true)
  let at = 4
  for (const event of events) {
    view.setFloat64(at, event.seenAt, true)
    view.setUint32(at + 8, event.headers.length, true)
    view.setUint32(at + 12, event.length, true)
    view.setUint32(at + 16, event.body.length, true)
    payload.set(event.headers, at + eventHead)
    payload.set(event.body, at + eventHead + event.headers.length)
    at += eventHead + event.headers.length + event.body.length
  }
  return payload
}

/** Events of a payload; bodies are views into it. `decodeText` turns UTF-8 into text (a TextDecoder's decode). */
export function decodeTapEvents(payload: Uint8Array, decodeText: (bytes: Uint8Array) => string): TapEvent[] {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength)
  const count = view.getUint32(0, true)
  const events: TapEvent[] = []
  let at = 4
  for (let index = 0; index < count; index++) {
    const headerBytes = view.getUint32(at + 8, true)
    const shown = view.getUint32(at + 16, true)
    const headersAt = at + eventHead
    const bodyAt = headersAt + headerBytes
    events.push({
      seenAt: view.getFloat64(at, true),
      headers: JSON.parse(decodeText(payload.subarray(headersAt, bodyAt))) as Record<string, string | null>,
      length: view.getUint32(at + 12, true),
      body: payload.subarray(bodyAt, bodyAt + shown),
    })
    at = bodyAt + shown
  }
  return events
}
