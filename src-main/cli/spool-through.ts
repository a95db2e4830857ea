// The files of a directory, sent once: the spooling directory source itself, whose channel is whatever takes the batches, until no file is
// left. So files are marked, tracked and put aside as there, and an interrupted command goes on where it was.
import { MillraceError } from '../../src-shared/errors.ts'
import type { EventBatch } from '../../src-shared/event/event-batch.ts'
import { parseOptions } from '../../src-shared/spec/parse-options.ts'
import { definition as lineDeserializer } from '../agent/serialization/line-deserializer.ts'
import { definition as spoolDirectorySource } from '../agent/source/spool-directory-source.ts'
import { type Clock, systemClock } from '../clock.ts'
import type { ComponentContext } from '../component/context.ts'
import { loggerTo } from '../log.ts'

/** Rejects with the first error, of `take` or of a file; what was taken is not sent again by the next call. */
export async function spoolThrough(directory: string, batchSize: number, take: (batch: EventBatch) => Promise<void>): Promise<void> {
  const over = new AbortController()
  let failure: { readonly error: unknown } | undefined
  // The source sleeps when no file is left, and when a batch was not taken: either ends the command.
  const clock: Clock = { ...systemClock, sleep: async () => over.abort() }
  const context: ComponentContext = {
    name: 'avro-client',
    agentName: 'avro-client',
    clock,
    log: loggerTo((level, sentence, { error }) => {
      if (level === 'error') failure ??= { error: new MillraceError('IO', `${sentence} ${error ?? ''}`) }
    }),
    counters: { add: () => {}, set: () => {}, drop: () => {} },
    signal: over.signal,
    workDir: directory,
    status: () => {},
    departs: () => {},
  }
  const { options } = parseOptions(spoolDirectorySource.properties, { spoolDir: directory, batchSize: `${batchSize}` })
  const lines = parseOptions(lineDeserializer.properties, {}).options!
  const source = spoolDirectorySource.create(options!, {
    ...context,
    channelProcessor: {
      processEventBatch: (batch) =>
        take(batch).catch((error: unknown) => {
          failure ??= { error }
          throw error
        }),
      transactionCapacity: batchSize,
      batchRoom: () => batchSize,
      recentlyStored: () => [],
    },
    deserializer: () => (stream) => lineDeserializer.create(lines, { ...context, stream }),
  })
  await source.start!()
  await source.stop!()
  if (failure !== undefined) throw failure.error
}
