// The article's agent and program as a person runs them, on the built command line.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { builtInRegistry } from '../../src-main/component/registry.ts'
import { loadConfiguration } from '../../src-shared/flume/load-configuration.ts'
import { freePort } from '../driver/free-port.ts'
import { runMillrace, startMillrace } from '../driver/millrace-process.ts'
import { temporaryFolder } from '../driver/temporary-folder.ts'

const article = join(import.meta.dirname, '../../examples/article')
const program = join(article, 'hello-world.ts')

let folder: string
let env: Record<string, string>
let conf: string
let port: string

beforeEach(async () => {
  folder = temporaryFolder()
  env = { MILLRACE_RUN_DIR: join(folder, 'run'), XDG_DATA_HOME: join(folder, 'data') }
  port = String(await freePort())
  conf = join(folder, 'a1.properties')
  writeFileSync(conf, readFileSync(join(article, 'a1.properties'), 'utf8').replace('44444', port))
})

async function send(...lines: readonly string[]): Promise<void> {
  const file = join(folder, 'lines.txt')
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''))
  await expect.poll(() => runMillrace(['avro-client', '-H', 'localhost', '-p', port, '-F', file], { env })).toMatchObject({ code: 0 })
}

const elements = (stdout: string): string[] => stdout.split('\n').filter((line) => line !== '' && !/^(-+|Time: \d+ ms)$/.test(line))

test("the article's agent loads as it was printed: its channel is durable and said so, its sink hands over to the receiver that it names", () => {
  const text = readFileSync(join(article, 'a1.properties'), 'utf8')
  const { definitions: catalog } = builtInRegistry()
  const { agents, problems } = loadConfiguration(text, { file: 'a1.properties', env: {}, systemProperties: {}, catalog })
  expect(agents[0]).toMatchObject({
    sources: [{ type: 'avro' }],
    channels: [{ name: 'c1', type: 'sqlite' }],
    sinks: [{ type: 'SparkReceiver', channel: 'c1' }],
    leftOut: [],
  })
  expect(problems.map(({ severity, code, component }) => [severity, code, component])).toEqual([
    ['warning', 'TYPE_MISSING', 'a1.channels.c1'],
  ])
})

test('one command runs agent and program, and what avro-client sends is printed as Spark prints it', async () => {
  const stream = startMillrace(['stream', program, '--conf', conf, '--name', 'a1', '--run-agent'], { env, cwd: folder })
  await send('Hello', 'Grüß Gott')
  await expect.poll(() => elements(stream.stdout())).toEqual(['Hello world', 'Grüß Gott world'])
  expect(stream.stdout()).toMatch(/-{43}\nTime: \d{10}000 ms\n-{43}\nHello world\nGrüß Gott world\n\n/)
  await expect.poll(stream.stderr).toContain('a batch of 2 records is done')
  process.kill(stream.pid, 'SIGTERM')
  expect(await stream.exited).toBe(0)
})

test('a sink that waits for its receiver says so once, and delivers what it held when the receiver comes, and again when it comes back', async () => {
  const agent = startMillrace(['agent', '-n', 'a1', '-f', conf, '-Dflume.monitoring.type=http', '-Dflume.monitoring.port=0'], {
    env,
    cwd: folder,
  })
  await send('early 1', 'early 2')
  const first = startMillrace(['stream', program], { env, cwd: folder })
  await expect.poll(() => elements(first.stdout())).toEqual(['early 1 world', 'early 2 world'])
  process.kill(first.pid, 'SIGTERM')
  await first.exited
  await send('between')
  const second = startMillrace(['stream', program], { env, cwd: folder })
  await expect.poll(() => elements(second.stdout())).toEqual(['between world'])
  process.kill(second.pid, 'SIGTERM')
  await second.exited
  expect(agent.stderr().match(/Unable to deliver/g)).toBeNull()
  process.kill(agent.pid, 'SIGTERM')
  expect(await agent.exited).toBe(0)
})

test('a second receiver of the same name is refused with the program that has it', async () => {
  const first = startMillrace(['stream', program, '--work-dir', join(folder, 'one')], { env, cwd: folder })
  const second = join(folder, 'second.ts')
  writeFileSync(second, readFileSync(program, 'utf8'))
  const door = join(folder, 'run')
  await expect.poll(() => existsSync(door) && readdirSync(door).length).toBe(2)
  const other = startMillrace(['stream', second, '--work-dir', join(folder, 'two')], { env, cwd: folder })
  await expect.poll(() => `${other.stdout()}${other.stderr()}`).toContain('A receiver named MyReceiver runs already (FlumeSparkStreaming')
  process.kill(other.pid, 'SIGTERM')
  process.kill(first.pid, 'SIGTERM')
  await Promise.all([first.exited, other.exited])
})
