// An engine in the test's own process, on a workspace of its own, and a client connected to it as a window is.
import { onTestFinished } from 'vitest'
import { type Clock, systemClock } from '../../src-main/clock.ts'
import { type Engine, startEngine } from '../../src-main/engine.ts'
import { silentLogger } from '../../src-main/log.ts'
import { connectEngine, type EngineConnection } from '../../src-shared/contract/client.ts'
import { type EngineLink, linkPair } from '../../src-shared/contract/engine-link.ts'
import { temporaryFolder } from './temporary-folder.ts'

export interface TestEngine {
  readonly engine: Engine
  readonly workspace: string
}

export async function testEngine(options: { workspace?: string; clock?: Clock } = {}): Promise<TestEngine> {
  const workspace = options.workspace ?? temporaryFolder()
  const engine = await startEngine({ workspace, version: '0-test', clock: options.clock ?? systemClock, log: silentLogger, env: {} })
  onTestFinished(() => engine.stop())
  return { engine, workspace }
}

/** How a window and an engine are connected: answers the window's end. */
export type Connector = (engine: Engine) => Promise<EngineLink>

export const inProcess: Connector = (engine) => {
  const [near, far] = linkPair()
  engine.serve(far)
  return Promise.resolve(near)
}

export function connect(engine: Engine, connector: Connector = inProcess): EngineConnection {
  return connectLinks(() => connector(engine))
}

export function connectLinks(open: () => Promise<EngineLink>): EngineConnection {
  const connection = connectEngine({ open, sleep: (ms) => systemClock.sleep(ms) })
  onTestFinished(() => connection.close())
  return connection
}

/** The first value of a subscription that `accept`s; the subscription is left. */
export async function firstValue<T>(call: Promise<AsyncIterable<T>>, accept: (value: T) => boolean = () => true): Promise<T> {
  for await (const value of await call) if (accept(value)) return value
  throw new Error('The subscription ended before such a value came.')
}
