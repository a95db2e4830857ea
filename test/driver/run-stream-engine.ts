// Starts stream-engine.ts as a process of its own and waits for its end.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { StreamEngineOrders } from './stream-engine.ts'

export function runStreamEngine(orders: StreamEngineOrders): Promise<{ code: number | null; signal: string | null }> {
  const script = join(import.meta.dirname, 'stream-engine.ts')
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, JSON.stringify(orders)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return new Promise((resolve) => child.on('exit', (code, signal) => resolve({ code, signal })))
}
