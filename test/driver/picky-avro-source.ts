// An Avro source that answers FAILED to every batch with an event that it does not like, and keeps the others.
import { onTestFinished } from 'vitest'
import { rpcServer } from '../../src-main/agent/avro/rpc-server.ts'
import { sourceService } from '../../src-main/agent/avro/source-service.ts'
import { defaultLimits } from '../../src-main/agent/network/limits.ts'
import { systemClock } from '../../src-main/clock.ts'
import { type EventBatch, eventsOf } from '../../src-shared/event/event-batch.ts'

export interface PickyAvroSource {
  readonly port: number
  readonly batches: readonly EventBatch[]
  /** Headers and body of every event that was taken. */
  events(): [headers: Readonly<Record<string, string | null>>, body: string][]
  /** Bodies of every event that was taken. */
  bodies(): string[]
  close(): Promise<void>
}

export async function pickyAvroSource(
  likes: (body: string) => boolean,
  options: { readonly deflate?: boolean; readonly port?: number } = {},
): Promise<PickyAvroSource> {
  const batches: EventBatch[] = []
  const text = (body: Uint8Array): string => Buffer.from(body).toString()
  const server = rpcServer({
    host: '127.0.0.1',
    port: options.port ?? 0,
    deflate: options.deflate === true,
    maxMessageBytes: 1 << 20,
    limits: defaultLimits,
    clock: systemClock,
    maxInFlight: 16,
    service: sourceService(async (batch) => {
      if (![...eventsOf(batch)].every(({ body }) => likes(text(body)))) return 'FAILED'
      batches.push(batch)
      return 'OK'
    }, defaultLimits),
  })
  const port = await server.listen()
  onTestFinished(() => server.close())
  const events = (): [Readonly<Record<string, string | null>>, string][] =>
    batches.flatMap((batch) => [...eventsOf(batch)].map(({ headers, body }): [typeof headers, string] => [headers, text(body)]))
  return { port, batches, events, bodies: () => events().map(([, body]) => body), close: () => server.close() }
}
