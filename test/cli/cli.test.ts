import { writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { runMillrace, startMillrace } from '../driver/millrace-process.ts'
import { temporaryFolder } from '../driver/temporary-folder.ts'
import { until } from '../driver/until.ts'

const commands = ['agent', 'serve', 'validate', 'avro-client', 'components', 'stream', 'batch', 'dead-letters', 'channel']

test('--help lists every command, and states the exit codes', async () => {
  const { code, stdout } = await runMillrace(['--help'])
  expect(code).toBe(0)
  for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'))
  expect(stdout).toContain('Exit codes')
})

test.each(commands)('%s --help exits with 0 and shows its usage', async (command) => {
  const { code, stdout } = await runMillrace([command, '--help'])
  expect(code).toBe(0)
  expect(stdout).toContain(`Usage: millrace ${command}`)
})

test('wrong usage exits with 2 and says what was wrong', async () => {
  for (const [args, sentence] of [
    [['nosuch'], "unknown command 'nosuch'"],
    [['nosuch.log'], `There is no file ${join(process.cwd(), 'nosuch.log')}`],
    [['serve', '--port', '70000'], 'a port is a number from 0 to 65535'],
    [['serve', '--nosuch'], "unknown option '--nosuch'"],
    [['channel', 'show'], "missing required argument 'folder'"],
  ] as const) {
    const { code, stderr } = await runMillrace(args)
    expect(stderr).toContain(sentence)
    expect(code).toBe(2)
  }
})

test('components names every kind, and one component with its properties', async () => {
  const { stdout } = await runMillrace(['components', '--json'])
  const catalog = JSON.parse(stdout) as { kind: string; type: string; properties: { name: string }[] }[]
  const kinds = catalog.map(({ kind }) => kind)
  expect(kinds).toEqual([...kinds].sort())
  expect(kinds).toEqual(expect.arrayContaining(['source', 'channel', 'sink', 'interceptor', 'selector']))
  expect(catalog.find(({ type }) => type === 'taildir')!.properties.map(({ name }) => name)).toContain('positionFile')
  const one = await runMillrace(['components', 'org.apache.flume.channel.MemoryChannel'])
  expect(one.stdout).toContain('transactionCapacity')
  const none = await runMillrace(['components', 'nosuch'])
  expect(none).toMatchObject({ code: 1, stderr: 'millrace: There is no component nosuch. `millrace components` lists all.\n' })
})

test('channel list of a file is one sentence', async () => {
  expect(await runMillrace(['channel', 'list', import.meta.filename])).toMatchObject({
    code: 1,
    stderr: `millrace: ${import.meta.filename} is no folder.\n`,
  })
})

test('channel show of a folder without a channel is one sentence', async () => {
  const { code, stderr } = await runMillrace(['channel', 'show', temporaryFolder()])
  expect(code).toBe(1)
  expect(stderr.split('\n').length).toBe(2)
  expect(stderr).toContain('There is no durable channel')
})

test('a file instead of a command is opened by serve', async () => {
  const folder = temporaryFolder()
  const log = join(folder, 'some.log')
  writeFileSync(log, 'one\n')
  const millrace = startMillrace([log, '--no-open', '--workspace', join(folder, 'workspace')])
  await until('the address is printed', () => millrace.stdout().includes('http://127.0.0.1:'))
  millrace.child.kill('SIGTERM')
  expect(await millrace.exited).toBe(0)
})

test('files that cannot be opened are each said so, and the workbench opens all the same', async () => {
  const folder = temporaryFolder()
  const millrace = startMillrace(['serve', join(folder, 'none.log'), folder, '--no-open', '--workspace', join(folder, 'workspace')])
  await until('both are said', () => millrace.stderr().split('\n').length === 3)
  expect(millrace.stderr()).toContain(`There is no file ${join(folder, 'none.log')}`)
  expect(millrace.stderr()).toContain(`${folder} is a folder`)
  expect(millrace.stdout()).toContain('http://127.0.0.1:')
})

test('words of flume-ng are understood, and what is gone is answered as it does', async () => {
  expect((await runMillrace(['help'])).stdout).toContain('Usage: millrace')
  expect((await runMillrace(['help', 'agent'])).stdout).toContain('Usage: millrace agent')
  expect((await runMillrace(['version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  const node = await runMillrace(['node', '-n', 'a1', '-f', '/nonexistent/file', '-Xmx512m'])
  expect(node.code).not.toBe(0)
  expect(node.stderr).toContain('Warning: The "node" command is deprecated. Please use "agent" instead.')
  expect(node.stderr).toContain('-Xmx512m')
  expect(node.stderr).toContain('/nonexistent/file')
  for (const gone of ['master', 'password', 'tool', 'shell']) {
    const { code, stderr } = await runMillrace([gone, 'x'])
    expect([code, stderr]).toEqual([1, expect.stringContaining(`Error: Unknown or unspecified command '${gone}'\n`)])
    expect(stderr.split('\n')[1]).not.toBe('')
  }
})

test('agent --dryrun lists what is wrong with a file and starts nothing; places other than a file are refused', async () => {
  const file = join(temporaryFolder(), 'a.properties')
  writeFileSync(
    file,
    'a1.sinks = k1\na1.channels = c1\na1.channels.c1.type = memory\na1.sinks.k1.type = null\na1.sinks.k1.channel = c1\nodd\n',
  )
  const dry = await runMillrace(['agent', '-n', 'a1', '-f', file, '-d'])
  expect([dry.code, dry.stderr]).toEqual([0, expect.stringContaining('Agent a1 would run.')])
  for (const option of ['--conf-uri', '-z', '--conf-provider']) {
    const { code, stderr } = await runMillrace(['agent', '-n', 'a1', '-f', file, option, 'x'])
    expect([code, stderr]).toEqual([2, expect.stringContaining('refused')])
  }
})

test('serve does not run without the metrics that it was asked for', async () => {
  const occupant = createServer()
  await new Promise<void>((resolve) => occupant.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void occupant.close())
  const { port } = occupant.address() as AddressInfo
  const { code, stderr } = await runMillrace([
    'serve',
    '--no-open',
    '--metrics',
    `${port}`,
    '--workspace',
    join(temporaryFolder(), 'workspace'),
  ])
  expect(stderr).toContain(`Metrics cannot be served on port ${port}`)
  expect(code).toBe(1)
})
