// The events of the interop suite: headers with and without values, UTF-8, binary and empty bodies. SendEvents.java makes the same ones.
import type { FlumeEvent } from '../../src-shared/event/event-batch.ts'

export function sampleEvent(index: number): FlumeEvent {
  const headers: Record<string, string> = { index: `${index}` }
  if (index % 2 === 0) headers['ümläut'] = '€ 😀'
  if (index % 7 === 0) headers['empty'] = ''
  return { headers, body: body(index) }
}

function body(index: number): Uint8Array {
  switch (index % 4) {
    case 0:
      return new Uint8Array(0)
    case 1:
      return Buffer.from(`Grüße ${index} 漢字`)
    case 2:
      return Uint8Array.from({ length: index % 300 }, (_, at) => at * 31 + index)
    default:
      return Buffer.from(`line ${index}`)
  }
}

/** Undefined when these are exactly the expected events, in order; otherwise what differs first. */
export function firstDifference(
  events: readonly FlumeEvent[],
  count: number,
  expected: (index: number) => FlumeEvent = sampleEvent,
): string | undefined {
  if (events.length !== count) return `${events.length} events instead of ${count}`
  for (const [index, event] of events.entries()) {
    const [found, wanted] = [textOf(event), textOf(expected(index))]
    if (found !== wanted) return `event ${index}: ${found} instead of ${wanted}`
  }
  return undefined
}

const textOf = ({ headers, body: bytes }: FlumeEvent): string =>
  JSON.stringify([Object.entries(headers).sort(), Buffer.from(bytes).toString('base64')])
