// `serve --metrics PORT`: the engine's metrics over a connection of their own.
import { connectEngine } from '../../src-shared/contract/client.ts'
import type { EngineLink } from '../../src-shared/contract/engine-link.ts'
import { MillraceError } from '../../src-shared/errors.ts'
import { systemClock } from '../clock.ts'
import { startMetricsServer } from '../headless/metrics-server.ts'

/** Answers the page's address. Rejects with a sentence when the port cannot be had. */
export async function serveMetrics(port: number, open: () => Promise<EngineLink>): Promise<string> {
  const connection = connectEngine({ open, sleep: (ms) => systemClock.sleep(ms) })
  const page = async (): Promise<string> => {
    // A scrape while the engine is being started again fails at once instead of waiting for it.
    if (connection.state === 'lost') throw new MillraceError('ENGINE_GONE', 'The engine is being started again.')
    return await connection.engine.workspace.metrics()
  }
  const server = await startMetricsServer({ port, page }).catch((error: unknown) => {
    connection.close()
    throw error
  })
  return `http://127.0.0.1:${server.port}/metrics`
}
