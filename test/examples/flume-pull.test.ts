// The pull example as a person runs it, on the built command line: agent and program in processes of their own, both killed in between.

import { readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lockFolder } from '../../src-main/agent/channel/log/folder-lock.ts'
import { receiverLogName } from '../../src-main/streaming/input/receiver-log.ts'
import { MillraceError } from '../../src-shared/errors.ts'
import { freePort } from '../driver/free-port.ts'
import { type MillraceProcess, startMillrace } from '../driver/millrace-process.ts'
import { temporaryFolder } from '../driver/temporary-folder.ts'
import { until } from '../driver/until.ts'

const examples = join(import.meta.dirname, '../../examples')

/** Sends lines to a netcat source; resolves when each has its OK. */
async function send(port: number, lines: readonly string[]): Promise<void> {
  await until('the source takes the lines', async () => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.on('data', (bytes) => {
      answer += bytes
    })
    const ended = new Promise<boolean>((resolve) => {
      socket.on('error', () => resolve(false))
      socket.on('close', () => resolve(false))
      socket.setTimeout(10_000, () => resolve(false))
      socket.on('data', () => answer.split('OK\n').length > lines.length && resolve(true))
    })
    socket.write(lines.map((line) => `${line}\n`).join(''))
    const taken = await ended
    socket.destroy()
    return taken
  })
}

/** What the program counted, over all its batches. */
function counted(...programs: readonly MillraceProcess[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const program of programs) {
    for (const [, key, count] of program.stdout().matchAll(/^\((.*),(\d+)\)$/gm)) sums[key!] = (sums[key!] ?? 0) + Number(count)
  }
  return sums
}

test('what lines the agent takes, the program counts, also when one and then the other is killed', async () => {
  const folder = temporaryFolder()
  const [lines, spark] = [await freePort(), await freePort()]
  const conf = join(folder, 'flume-pull.properties')
  writeFileSync(
    conf,
    readFileSync(join(examples, 'flume-pull.properties'), 'utf8')
      .replace('port = 44445', `port = ${lines}`)
      .replace('port = 9988', `port = ${spark}`),
  )
  const env = { XDG_DATA_HOME: join(folder, 'data'), MILLRACE_RUN_DIR: join(folder, 'run'), PULL_HOST: '127.0.0.1', PULL_PORT: `${spark}` }
  const agent = () => startMillrace(['agent', '-n', 'a1', '-f', conf, '--work-dir', join(folder, 'agent')], { env })
  const program = () =>
    startMillrace(['stream', join(examples, 'flume-pull.ts'), '--work-dir', join(folder, 'stream')], { env, cwd: folder })
  const [firstAgent, firstProgram] = [agent(), program()]
  await send(lines, ['ERROR disk full', 'INFO all is well', 'ERROR disk full'])
  await until('they are counted', () => counted(firstProgram)['berlin INFO'] === 1)
  expect(counted(firstProgram)).toEqual({ 'berlin ERROR': 2, 'berlin INFO': 1 })
  // A batch that was printed and has not completed would be printed again after the kill: once the next one is there, it has.
  const frames = (): number => firstProgram.stdout().split('Time: ').length
  const then = frames()
  await until('the next batch is there', () => frames() > then)
  firstProgram.child.kill('SIGKILL')
  await firstProgram.exited
  // Its own process ends moments after the engine: what it had pulled meanwhile and not acknowledged would come twice.
  const received = join(folder, 'stream', receiverLogName(0))
  await until('the program has let go of its log', () => !isLocked(received))
  await send(lines, ['WARN while the program is away'])
  firstAgent.child.kill('SIGKILL')
  await firstAgent.exited
  const secondProgram = program()
  const secondAgent = agent()
  await send(lines, ['INFO again'])
  await until('what came meanwhile is counted', () => {
    const { 'berlin WARN': warnings = 0, 'berlin INFO': infos = 0 } = counted(secondProgram)
    return warnings >= 1 && infos >= 1
  })
  // Each once: nothing was on its way when something was killed.
  expect(counted(firstProgram, secondProgram)).toEqual({ 'berlin ERROR': 2, 'berlin INFO': 2, 'berlin WARN': 1 })
  for (const { pid, exited } of [secondProgram, secondAgent]) {
    process.kill(pid, 'SIGTERM')
    expect(await exited).toBe(0)
  }
})

/** True when a living process has `folder`. */
function isLocked(folder: string): boolean {
  try {
    lockFolder(folder, 'a look at the lock').release()
    return false
  } catch (error) {
    if (error instanceof MillraceError && error.code === 'CHANNEL_LOCKED') return true
    throw error
  }
}
