// `millrace avro-client` as a process, sending to our Avro server; against a real Flume's source it goes the same way (test/interop).
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runMillrace } from '../driver/millrace-process.ts'
import { pickyAvroSource } from '../driver/picky-avro-source.ts'
import { temporaryFolder } from '../driver/temporary-folder.ts'

function file(name: string, text: string): string {
  const path = join(temporaryFolder(), name)
  writeFileSync(path, text)
  return path
}

const lines = (): string => file('lines.txt', 'first line\nsecond line\n\nGrüße\r\nfifth\nsixth\nseventh')

test('every line of a file is an event with the headers of the header file, five to a batch as in Flume', async () => {
  const { port, batches, events } = await pickyAvroSource(() => true)
  const headers = file('headers.properties', 'origin=avro-client\nhost = h1\n')
  const { code, stderr } = await runMillrace(['avro-client', '-H', '127.0.0.1', '-p', `${port}`, '-F', lines(), '-R', headers])
  expect([code, stderr]).toEqual([0, '7 events sent and acknowledged.\n'])
  expect(batches.map((batch) => batch.count)).toEqual([5, 2])
  const shared = { origin: 'avro-client', host: 'h1' }
  expect(events()).toEqual(['first line', 'second line', '', 'Grüße', 'fifth', 'sixth', 'seventh'].map((text) => [shared, text]))
})

test('client properties name the host, the batch size and compression', async () => {
  const { port, batches, events } = await pickyAvroSource(() => true, { deflate: true })
  const client = file('client.properties', `hosts = h1\nhosts.h1 = 127.0.0.1:${port}\nbatch-size = 3\ncompression-type = deflate\n`)
  const { code } = await runMillrace(['avro-client', '-P', client, '-F', lines()])
  expect(code).toBe(0)
  expect(batches.map((batch) => batch.count)).toEqual([3, 3, 1])
  expect(events()).toHaveLength(7)
})

test('a refused batch ends it with 1 and says how many were acknowledged', async () => {
  const { port, events } = await pickyAvroSource((line) => line !== 'sixth')
  const { code, stderr } = await runMillrace(['avro-client', '-H', '127.0.0.1', '-p', `${port}`, '-F', lines()])
  expect(code).toBe(1)
  expect(stderr).toContain('after 5 acknowledged events')
  expect(stderr).toContain('FAILED')
  expect(events()).toHaveLength(5)
})

test.each([
  [[], 2, '--rpcProps, or --host and --port'],
  [['-H', '127.0.0.1', '-p', '1', '-F', 'a', '--dirname', 'b'], 2, 'cannot be used with'],
  [['-H', '127.0.0.1', '-p', '1', '--dirname', '/nonexistent/folder'], 1, 'There is no folder /nonexistent/folder (--dirname)'],
  [['-H', '127.0.0.1', '-p', '1', '--dirname', import.meta.filename], 1, `${import.meta.filename} (--dirname) is no folder`],
  [['-H', '127.0.0.1', '-p', '1', '-F', import.meta.dirname], 1, `${import.meta.dirname} (--filename) is a folder`],
  [['-H', '127.0.0.1', '-p', 'x'], 2, 'x is not a port'],
  [['-H', '', '-p', '1'], 2, 'Give the name or address of the host'],
  [['-H', 'http://127.0.0.1:44444/', '-p', '1'], 2, 'Give the host alone: --host 127.0.0.1 --port 44444'],
  [['-H', 'agent.example:44444', '-p', '44444'], 2, 'Give the host alone: --host agent.example --port 44444'],
  [['-H', '::1', '-p', '1'], 1, 'host: ::1, port: 1'],
  [['-H', '[::1]', '-p', '1'], 1, 'host: ::1, port: 1'],
  [['-H', '127.0.0.1', '-p', '1', '-F', import.meta.filename], 1, 'RPC connection error'],
  [['-H', '127.0.0.1', '-p', '1', '-F', '/nonexistent/file'], 1, 'There is no file /nonexistent/file (--filename)'],
  [['-P', '/nonexistent/props'], 1, '/nonexistent/props'],
])('%j ends with %i and a sentence', async (args, expected, sentence) => {
  const { code, stderr } = await runMillrace(['avro-client', ...args])
  expect(stderr).toContain(sentence)
  expect(code).toBe(expected)
})

describe('the files of a directory', () => {
  test('are sent one after the other, oldest first, and renamed to .COMPLETED', async () => {
    const { port, events } = await pickyAvroSource(() => true)
    const folder = join(temporaryFolder(), 'spool')
    mkdirSync(folder)
    writeFileSync(join(folder, 'a.log'), 'a1\na2\n')
    writeFileSync(join(folder, 'b.log'), 'b1\nb2\nb3\nb4\nb5\nb6')
    writeFileSync(join(folder, 'c.log.COMPLETED'), 'c1\n')
    const headers = file('headers.properties', 'origin=spool\n')
    const { code, stderr } = await runMillrace(['avro-client', '-H', '127.0.0.1', '-p', `${port}`, '--dirname', folder, '-R', headers])
    expect([code, stderr]).toEqual([0, '8 events sent and acknowledged.\n'])
    expect(events()).toEqual(['a1', 'a2', 'b1', 'b2', 'b3', 'b4', 'b5', 'b6'].map((line) => [{ origin: 'spool' }, line]))
    expect(readdirSync(folder).filter((name) => !name.startsWith('.'))).toEqual(['a.log.COMPLETED', 'b.log.COMPLETED', 'c.log.COMPLETED'])
  })

  test('that were not sent to the end are gone on with by the next call', async () => {
    const refusing = await pickyAvroSource((line) => line !== '8')
    const folder = join(temporaryFolder(), 'spool')
    mkdirSync(folder)
    writeFileSync(join(folder, 'a.log'), Array.from({ length: 12 }, (_, number) => `${number}\n`).join(''))
    const args = (port: number): string[] => ['avro-client', '-H', '127.0.0.1', '-p', `${port}`, '--dirname', folder]
    const first = await runMillrace(args(refusing.port))
    expect([first.code, first.stderr]).toEqual([1, expect.stringContaining('after 5 acknowledged events')])
    const taking = await pickyAvroSource(() => true)
    expect((await runMillrace(args(taking.port))).code).toBe(0)
    expect(taking.bodies()).toEqual(['5', '6', '7', '8', '9', '10', '11'])
  })
})

describe('client types', () => {
  const properties = (type: string, ports: readonly number[], more = ''): string =>
    file(
      'client.properties',
      `client.type = ${type}\nhosts = ${ports.map((_, index) => `h${index}`).join(' ')}\n${ports.map((port, index) => `hosts.h${index} = 127.0.0.1:${port}\n`).join('')}batch-size = 1\n${more}`,
    )

  test('default_failover: what the first host refuses the next one gets', async () => {
    const first = await pickyAvroSource((line) => line !== 'second line')
    const second = await pickyAvroSource(() => true)
    const { code } = await runMillrace(['avro-client', '-P', properties('default_failover', [first.port, second.port]), '-F', lines()])
    expect(code).toBe(0)
    expect(first.bodies()).toEqual(['first line'])
    expect(second.bodies()).toEqual(['second line', '', 'Grüße', 'fifth', 'sixth', 'seventh'])
  })

  test('default_failover: a host that is not there is passed over', async () => {
    const gone = await pickyAvroSource(() => true)
    await gone.close()
    const there = await pickyAvroSource(() => true)
    const { code, stderr } = await runMillrace([
      'avro-client',
      '-P',
      properties('DEFAULT_FAILOVER', [gone.port, there.port]),
      '-F',
      lines(),
    ])
    expect([code, there.bodies().length]).toEqual([0, 7])
    expect(stderr).toContain('Could not connect to h0')
  })

  test('default_loadbalance: hosts take turns', async () => {
    const [first, second] = [await pickyAvroSource(() => true), await pickyAvroSource(() => true)]
    const { code } = await runMillrace(['avro-client', '-P', properties('default_loadbalance', [first.port, second.port]), '-F', lines()])
    expect(code).toBe(0)
    expect(first.bodies()).toEqual(['first line', '', 'fifth', 'seventh'])
    expect(second.bodies()).toEqual(['second line', 'Grüße', 'sixth'])
  })

  test.each([
    ['default_loadbalance', 'At least two hosts are required'],
    ['org.example.Mine', 'client.type = org.example.Mine is not known'],
  ])('%s with one host ends with a sentence', async (type, sentence) => {
    const { code, stderr } = await runMillrace(['avro-client', '-P', properties(type, [1]), '-F', lines()])
    expect([code, stderr]).toEqual([1, expect.stringContaining(sentence)])
  })
})

test('options of flume-ng for the JVM are taken and said to have no effect; --dryrun sends nothing', async () => {
  const { code, stdout, stderr } = await runMillrace([
    'avro-client',
    '-Xmx20m',
    '-c',
    'conf',
    '-C',
    'x.jar',
    '-Da=b',
    '-H',
    'h',
    '-p',
    '1',
    '-d',
  ])
  expect([code, stdout]).toEqual([0, 'Standard input would go to h:1\n'])
  expect(stderr).toContain('-Xmx20m')
})
