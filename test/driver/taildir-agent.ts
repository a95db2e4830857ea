// An agent whose taildir source follows the logs of a folder into a fake channel: made before each test of a file, ended after it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { bodyAt, type EventBatch } from '../../src-shared/event/event-batch.ts'
import { AgentTestDriver } from './agent-test-driver.ts'
import type { FakeChannel } from './fake-channel.ts'

export interface TaildirAgent {
  readonly driver: AgentTestDriver
  /** The configuration, with more lines. */
  agent(more?: string): string
  /** Of a log by its name. */
  path(name: string): string
  channel(): FakeChannel
  batches(): readonly EventBatch[]
  bodies(): string[]
  /** Resolves when so many have come. */
  lines(count: number): Promise<void>
  /** What the position file says. */
  stored(): { inode: number; pos: number; file: string }[]
}

export function taildirAgent(): TaildirAgent {
  let driver: AgentTestDriver
  beforeEach(() => {
    driver = new AgentTestDriver()
    driver.mkdir('in')
  })
  afterEach(() => driver.end())
  const channel = (): FakeChannel => driver.fakeChannels.get('c1')!
  const batches = (): readonly EventBatch[] => channel().queue
  const bodies = (): string[] =>
    batches().flatMap((batch) => Array.from({ length: batch.count }, (_, row) => Buffer.from(bodyAt(batch, row)).toString()))
  return {
    get driver() {
      return driver
    },
    agent: (more = '') => `
a1.sources = r1
a1.channels = c1
a1.sources.r1.type = taildir
a1.sources.r1.channels = c1
a1.sources.r1.filegroups = g
a1.sources.r1.filegroups.g = @DIR@/in/.*\\\\.log
a1.sources.r1.positionFile = @DIR@/pos.json
${more}
a1.channels.c1.type = fake
`,
    path: (name) => join(driver.folder, 'in', name),
    channel,
    batches,
    bodies,
    lines: (count) => driver.until(() => bodies().length >= count, `${count} lines, have ${JSON.stringify(bodies())}`),
    stored: () => JSON.parse(readFileSync(join(driver.folder, 'pos.json'), 'utf8')) as ReturnType<TaildirAgent['stored']>,
  }
}
