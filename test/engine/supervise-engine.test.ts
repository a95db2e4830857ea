import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { ManualClock } from '../../src-main/clock.ts'
import type { FromEngine } from '../../src-main/engine/process-messages.ts'
import { type EngineProcess, type EngineRunState, superviseEngine } from '../../src-main/engine/supervise-engine.ts'
import { loggerTo, silentLogger } from '../../src-main/log.ts'

/** A process that says and ends what it is told to. */
class ToldProcess implements EngineProcess {
  readonly pid = 1
  say: (message: FromEngine) => void = () => {}
  end: (how: string) => void = () => {}
  send(): void {}
  kill(): void {}
  onMessage(handler: (message: FromEngine) => void): void {
    this.say = handler
  }
  onExit(handler: (how: string) => void): void {
    this.end = handler
  }
}

/** Time passes, and what waited for it runs. */
async function after(clock: ManualClock, ms: number): Promise<void> {
  clock.advance(ms)
  await setImmediate()
}

test('an engine whose process cannot be made again is tried again, later each time, and says so', async () => {
  const clock = new ManualClock()
  const lines: string[] = []
  const processes: ToldProcess[] = []
  let refusals = 0
  const fork = (): EngineProcess => {
    if (refusals > 0) {
      refusals--
      throw new Error('spawn EAGAIN')
    }
    processes.push(new ToldProcess())
    return processes.at(-1)!
  }
  const engine = superviseEngine({ fork, clock, log: loggerTo((_level, sentence) => lines.push(sentence)) })
  const states: EngineRunState['state'][] = []
  engine.onState((now) => states.push(now.state))
  processes[0]!.say({ kind: 'ready', pid: 1 })
  refusals = 2
  processes[0]!.end('signal SIGKILL')
  await after(clock, 100)
  expect(engine.state).toMatchObject({
    state: 'gone',
    willRestart: true,
    sentence: "The engine's process could not be started (spawn EAGAIN); it is tried again.",
  })
  await expect(engine.openLink()).rejects.toMatchObject({ code: 'ENGINE_GONE' })
  await after(clock, 200)
  await after(clock, 399)
  expect(processes).toHaveLength(1)
  await after(clock, 1)
  expect(processes).toHaveLength(2)
  processes[1]!.say({ kind: 'ready', pid: 1 })
  await engine.ready()
  expect(states).toEqual(['ready', 'gone', 'starting', 'gone', 'starting', 'gone', 'starting', 'ready'])
  expect(lines).toHaveLength(3)
})

test('an engine whose first process cannot be made is tried again too', async () => {
  const clock = new ManualClock()
  let refused = false
  const fork = (): EngineProcess => {
    if (refused) return new ToldProcess()
    refused = true
    throw new Error('spawn EAGAIN')
  }
  const engine = superviseEngine({ fork, clock, log: silentLogger })
  expect(engine.state).toMatchObject({ state: 'gone', willRestart: true })
  await after(clock, 100)
  expect(engine.state).toEqual({ state: 'starting' })
})
