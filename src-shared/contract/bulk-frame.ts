// The binary sub-protocol beside the RPC: log rows, taps, samples. A binary message of a link is a run of frames:
//
//   u32 LE length of the rest of the frame · u8 kind · u32 LE transfer · payload
//
//   DATA    engine → window   payload: what the procedure that opened the transfer says (rows-frame.ts, tap-frame.ts)
//   END     engine → window   payload: empty; the transfer is over (an error is told by the RPC answer)
//   CREDIT  window → engine   payload: u32 LE bytes that the window has dealt with and is ready to take again
//   CANCEL  window → engine   payload: empty; the window wants no more of it
//   ACK     window → engine   transfer 0; payload: f64 LE count of characters of RPC text dealt with since the link opened
//
// The window chooses transfer numbers (from 1, never again on one link) and names them in the call's input with a first credit in
// bytes. The engine sends DATA only while credit is above zero (the last frame may overshoot) and reads the source again only then, so
// a slow or frozen window costs the engine nothing. ACK does the same for RPC text: above `textWindow` characters unacknowledged,
// subscriptions stand still and continue with the newest value.

export const frameKind = { data: 1, end: 2, credit: 3, cancel: 4, ack: 5 } as const
export type FrameKind = (typeof frameKind)[keyof typeof frameKind]

/** Characters of RPC text that may be under way to a window before subscriptions stand still. */
export const textWindow = 512 * 1024
/** A window acknowledges at least this often. Well below textWindow, so that neither side ever waits for the other. */
export const ackEvery = 32 * 1024

export interface BulkFrame {
  readonly kind: FrameKind
  readonly transfer: number
  readonly payload: Uint8Array
}

const headBytes = 9

/** One frame as a binary message. */
export function encodeFrame(kind: FrameKind, transfer: number, payload: Uint8Array = new Uint8Array(0)): Uint8Array {
  const message = new Uint8Array(headBytes + payload.length)
  const view = new DataView(message.buffer)
  view.setUint32(0, headBytes - 4 + payload.length, true)
  view.setUint8(4, kind)
  view.setUint32(5, transfer, true)
  message.set(payload, headBytes)
  return message
}

export function encodeCredit(transfer: number, bytes: number): Uint8Array {
  const payload = new Uint8Array(4)
  new DataView(payload.buffer).setUint32(0, bytes, true)
  return encodeFrame(frameKind.credit, transfer, payload)
}

export function encodeAck(characters: number): Uint8Array {
  const payload = new Uint8Array(8)
  new DataView(payload.buffer).setFloat64(0, characters, true)
  return encodeFrame(frameKind.ack, 0, payload)
}

/** The number in a CREDIT or ACK frame. */
export function amountOf(frame: BulkFrame): number {
  const view = new DataView(frame.payload.buffer, frame.payload.byteOffset, frame.payload.byteLength)
  return frame.kind === frameKind.ack ? view.getFloat64(0, true) : view.getUint32(0, true)
}

/** The frames of a binary message; payloads are views into it. Throws RangeError on a message that is not a run of whole frames. */
export function decodeFrames(message: Uint8Array): BulkFrame[] {
  const frames: BulkFrame[] = []
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength)
  let at = 0
  while (at < message.length) {
    if (at + headBytes > message.length) throw new RangeError(`A bulk message ends inside a frame's head at byte ${at}.`)
    const end = at + 4 + view.getUint32(at, true)
    const kind = view.getUint8(at + 4)
    if (end > message.length || end < at + headBytes) throw new RangeError(`A bulk frame at byte ${at} is cut off or has a bad length.`)
    if (kind < frameKind.data || kind > frameKind.ack) throw new RangeError(`A bulk frame at byte ${at} has the unknown kind ${kind}.`)
    const payload = message.subarray(at + headBytes, end)
    if ((kind === frameKind.credit && payload.length !== 4) || (kind === frameKind.ack && payload.length !== 8)) {
      throw new RangeError(`A bulk frame of kind ${kind} at byte ${at} has ${payload.length} bytes of payload.`)
    }
    frames.push({ kind: kind as FrameKind, transfer: view.getUint32(at + 5, true), payload })
    at = end
  }
  return frames
}
