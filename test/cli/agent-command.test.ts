import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { freePort } from '../driver/free-port.ts'
import { type MillraceProcess, runMillrace, startMillrace } from '../driver/millrace-process.ts'
import { temporaryFolder } from '../driver/temporary-folder.ts'
import { until } from '../driver/until.ts'

const seqTo = (folder: string, total: number, sink = 'k1'): string => {
  mkdirSync(join(folder, sink), { recursive: true })
  return `a1.sources = r1
a1.channels = c1
a1.sinks = ${sink}
a1.sources.r1.type = seq
a1.sources.r1.totalEvents = ${total}
a1.sources.r1.channels = c1
a1.channels.c1.type = memory
a1.sinks.${sink}.type = file_roll
a1.sinks.${sink}.channel = c1
a1.sinks.${sink}.sink.directory = ${join(folder, sink)}
a1.sinks.${sink}.sink.rollInterval = 0
`
}
const output = (folder: string, sink = 'k1'): string =>
  readdirSync(join(folder, sink))
    .map((file) => readFileSync(join(folder, sink, file), 'utf8'))
    .join('')

function configured(folder: string, text: string): string[] {
  const file = join(folder, 'agent.properties')
  writeFileSync(file, text)
  return ['agent', '-n', 'a1', '-f', file, '--work-dir', join(folder, 'work')]
}

describe.each(['SIGTERM', 'SIGINT'] as const)('%s', (signal) => {
  test('stops the agent in order, with exit code 0', async () => {
    const folder = temporaryFolder()
    const agent = startMillrace(configured(folder, seqTo(folder, 3)))
    await until('the numbers are written', () => output(folder) === '0\n1\n2\n')
    agent.child.kill(signal)
    expect(await agent.exited).toBe(0)
    expect(agent.stderr()).toContain('Agent a1 has stopped.')
    expect(agent.stdout()).toBe('')
  })
})

test('a work folder named from where one stands is the same one at the next start', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'agent.properties'), seqTo(folder, 3).replace('c1.type = memory', 'c1.type = sqlite'))
  const start = () => startMillrace(['agent', '-n', 'a1', '-f', 'agent.properties', '--work-dir', 'work'], { cwd: folder })
  for (const numbers of ['0\n1\n2\n', '0\n1\n2\n0\n1\n2\n']) {
    const agent = start()
    await until(`the numbers are written: ${agent.stderr()}`, () => output(folder) === numbers)
    agent.child.kill('SIGTERM')
    expect(await agent.exited).toBe(0)
    expect(agent.stderr()).not.toContain('ERROR')
  }
})

test.runIf(process.platform !== 'win32')('what an agent keeps where nothing else is named is for its user alone', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'agent.properties'), seqTo(folder, 3))
  const env = { MILLRACE_WORKSPACE: join(folder, 'data') }
  const agent = startMillrace(['agent', '-n', 'a1', '-f', 'agent.properties'], { cwd: folder, env })
  await until('the numbers are written', () => output(folder) === '0\n1\n2\n')
  const agents = join(folder, 'data', 'agents')
  expect(readdirSync(agents).map((name) => statSync(join(agents, name)).mode & 0o077)).toEqual([0])
  agent.child.kill('SIGTERM')
  expect(await agent.exited).toBe(0)
})

test('the logger sink’s lines are those of Flume', async () => {
  const folder = temporaryFolder()
  const agent = startMillrace(
    configured(
      folder,
      `${seqTo(folder, 1)}a1.sinks.k1.type = logger
a1.sources.r1.interceptors = i1
a1.sources.r1.interceptors.i1.type = static
a1.sources.r1.interceptors.i1.key = dc
a1.sources.r1.interceptors.i1.value = eu
`,
    ),
  )
  await until('the event is logged', () => agent.stderr().includes('Event: {'))
  expect(agent.stderr()).toContain(` Event: { headers:{dc=eu} body: ${'30 '.padEnd(48)}0 }\n`)
  agent.child.kill('SIGTERM')
  await agent.exited
})

describe('exit codes', () => {
  test('3 when the file does not exist, is a directory, or has no such agent; each with a sentence', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'other.properties'), 'b1.sources = r1\n')
    const run = (file: string) => runMillrace(['agent', '-n', 'a1', '-f', join(folder, file)])
    const absent = await run('absent.properties')
    expect(absent).toMatchObject({ code: 3, stderr: expect.stringContaining('absent.properties') })
    expect((await run('.')).code).toBe(3)
    expect(await run('other.properties')).toMatchObject({ code: 3, stderr: expect.stringContaining('There is no agent a1') })
  })

  test('1 when its state cannot be kept where it should be, with what to do', async () => {
    const folder = temporaryFolder()
    const args = configured(folder, seqTo(folder, 1))
    writeFileSync(join(folder, 'work'), 'a file')
    const { code, stderr } = await runMillrace(args)
    expect([code, stderr]).toEqual([1, expect.stringContaining(`Positions and channels cannot be kept in ${join(folder, 'work')}`)])
    expect(stderr).toContain('Name another folder with --work-dir.')
  })

  test('2 for wrong usage, and for what only a JVM or ZooKeeper could do', async () => {
    expect((await runMillrace(['agent', '-f', 'x'])).code).toBe(2)
    expect((await runMillrace(['agent', '-n', 'a1', '-f', 'x', '-z', 'localhost:2181'])).code).toBe(2)
    expect((await runMillrace(['agent', '-n', 'a1', '-f', 'x', '-i', 'often'])).code).toBe(2)
  })
})

test('-D values are system properties of the configuration', async () => {
  const folder = temporaryFolder()
  const agent = startMillrace([
    ...configured(folder, seqTo(folder, 9).replace('totalEvents = 9', 'totalEvents = ${sys:total}')),
    '-Dtotal=2',
  ])
  await until('the numbers are written', () => output(folder) === '0\n1\n')
  agent.child.kill('SIGTERM')
  expect(await agent.exited).toBe(0)
})

test('a later -f file replaces keys of an earlier one', async () => {
  const folder = temporaryFolder()
  const more = join(folder, 'more.properties')
  writeFileSync(more, 'a1.sources.r1.totalEvents = 1\n')
  const agent = startMillrace([...configured(folder, seqTo(folder, 5)), '-f', more])
  await until('the number is written', () => output(folder) === '0\n')
  agent.child.kill('SIGTERM')
  await agent.exited
  expect(output(folder)).toBe('0\n')
})

describe('live reload', () => {
  const later = (file: string): void => utimesSync(file, Date.now() / 1000 + 5, Date.now() / 1000 + 5)

  test('a changed file is loaded; one with nothing that could run leaves the old agent running, and the next is loaded again', async () => {
    const folder = temporaryFolder()
    const args = configured(folder, seqTo(folder, 2))
    const file = join(folder, 'agent.properties')
    const agent = startMillrace([...args, '-i', '0.2'])
    await until('the first agent has written', () => output(folder) === '0\n1\n')
    writeFileSync(file, '')
    later(file)
    await until('the empty file is refused', () => agent.stderr().includes('the old one goes on'))
    writeFileSync(file, seqTo(folder, 3, 'k2'))
    utimesSync(file, Date.now() / 1000 + 60, Date.now() / 1000 + 60)
    await until('the new agent has written', () => output(folder, 'k2') === '0\n1\n2\n')
    agent.child.kill('SIGTERM')
    expect(await agent.exited).toBe(0)
  })
})

/** An agent with its monitoring on, which has written its four events. */
async function monitored(): Promise<{ readonly agent: MillraceProcess; readonly url: string }> {
  const folder = temporaryFolder()
  const port = await freePort()
  const agent = startMillrace([...configured(folder, seqTo(folder, 4)), '-Dflume.monitoring.type=http', `-Dflume.monitoring.port=${port}`])
  await until('the numbers are written', () => output(folder) === '0\n1\n2\n3\n')
  return { agent, url: `http://127.0.0.1:${port}` }
}

describe('monitoring', () => {
  test('/metrics has Flume’s keys, every value a text; other paths and methods answer as Flume does', async () => {
    const { agent, url } = await monitored()
    const answer = await until('the metrics are there', () => fetch(`${url}/METRICS`).catch(() => undefined))
    expect(answer.headers.get('content-type')).toBe('application/json;charset=utf-8')
    const metrics = (await answer.json()) as Record<string, Record<string, string>>
    expect(Object.keys(metrics).sort()).toEqual(['CHANNEL.c1', 'SINK.k1', 'SOURCE.r1'])
    expect(metrics['CHANNEL.c1']).toMatchObject({ Type: 'CHANNEL', ChannelCapacity: '100', EventPutSuccessCount: '4', StopTime: '0' })
    expect(metrics['SOURCE.r1']).toMatchObject({ Type: 'SOURCE', EventAcceptedCount: '4', EventReceivedCount: '0' })
    expect(metrics['SINK.k1']).toMatchObject({ Type: 'SINK', EventDrainSuccessCount: '4', ConnectionCreatedCount: '1' })
    expect((await fetch(`${url}/nope`)).status).toBe(404)
    expect((await fetch(url)).status).toBe(200)
    expect((await fetch(`${url}/metrics`, { method: 'OPTIONS' })).status).toBe(403)
    agent.child.kill('SIGTERM')
    await agent.exited
  })

  test('/prometheus has the same counters for Prometheus, what the channel holds, and each name once with its type', async () => {
    const { agent, url } = await monitored()
    const answer = await until('the page is there', () => fetch(`${url}/prometheus`).catch(() => undefined))
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    const lines = (await answer.text()).split('\n')
    expect(lines).toEqual(
      expect.arrayContaining([
        'millrace_source_event_accepted_total{agent="a1",component="r1"} 4',
        'millrace_sink_event_drain_success_total{agent="a1",component="k1"} 4',
        'millrace_channel_event_put_success_total{agent="a1",component="c1"} 4',
        'millrace_channel_capacity_events{agent="a1",component="c1"} 100',
        'millrace_channel_events{agent="a1",component="c1"} 0',
        '# TYPE millrace_source_open_connection gauge',
        '# TYPE millrace_source_event_accepted_total counter',
      ]),
    )
    const heads = lines.filter((line) => line.startsWith('# TYPE '))
    expect(new Set(heads).size).toBe(heads.length)
    agent.child.kill('SIGTERM')
    await agent.exited
  })

  test('a port that is none is said with its key, and the agent runs', async () => {
    const folder = temporaryFolder()
    const agent = startMillrace([...configured(folder, seqTo(folder, 1)), '-Dflume.monitoring.type=http', '-Dflume.monitoring.port=http'])
    await until('the error is logged', () => agent.stderr().includes('flume.monitoring.port = http is not a port'))
    await until('the number is written', () => output(folder) === '0\n')
    agent.child.kill('SIGTERM')
    expect(await agent.exited).toBe(0)
  })

  test('a port in use is an error in the log, and the agent runs', async () => {
    const folder = temporaryFolder()
    const other = createServer()
    const port = await new Promise<number>((resolve) =>
      other.listen(0, '127.0.0.1', () => resolve((other.address() as { port: number }).port)),
    )
    const agent = startMillrace([
      ...configured(folder, seqTo(folder, 1)),
      '-Dflume.monitoring.type=http',
      `-Dflume.monitoring.port=${port}`,
    ])
    await until('the number is written', () => output(folder) === '0\n')
    await until('the error is logged', () => agent.stderr().includes('/metrics is not served'))
    agent.child.kill('SIGTERM')
    expect(await agent.exited).toBe(0)
    other.close()
  })
})
