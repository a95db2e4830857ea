// Opens what the command line names in a running engine: logs, pipelines, stream programs, the demo.
import { resolve } from 'node:path'
import { connectEngine, type EngineClient } from '../../src-shared/contract/client.ts'
import type { EngineLink } from '../../src-shared/contract/engine-link.ts'
import { messageOf } from '../../src-shared/errors.ts'
import { systemClock } from '../clock.ts'

/** Answers a sentence for each that could not be opened; the others are. */
export async function openInEngine(
  open: () => Promise<EngineLink>,
  what: { readonly files: readonly string[]; readonly demo: boolean },
): Promise<string[]> {
  const connection = connectEngine({ open, sleep: (ms) => systemClock.sleep(ms) })
  const failures: string[] = []
  try {
    for (const file of what.files) {
      await openFile(connection.engine, resolve(file)).catch((error: unknown) => failures.push(messageOf(error)))
    }
    if (what.demo) await connection.engine.pipelines.createDemo().catch((error: unknown) => failures.push(`The demo: ${messageOf(error)}`))
    return failures
  } finally {
    connection.close()
  }
}

async function openFile(engine: EngineClient, path: string): Promise<void> {
  if (/\.(properties|conf)$/.test(path)) await engine.pipelines.open({ path })
  else if (/\.[cm]?ts$/.test(path)) await engine.streams.open({ path })
  else await engine.logs.open({ path })
}
