import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { entryPoint } from '../../src-main/entry-point.ts'
import { smallestAgent as good } from '../driver/smallest-agent.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace validate '))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

function validate(...args: string[]): { status: number | null; out: string; err: string } {
  const run = spawnSync(process.execPath, [entryPoint('cli'), 'validate', ...args], { encoding: 'utf8' })
  return { status: run.status, out: run.stdout, err: run.stderr }
}

describe('millrace validate', () => {
  test('prints one located line per problem and ends with 1 when there is an error', () => {
    const path = file('slip.properties', good.replace('= null', '= nul'))
    const { status, out } = validate(path)
    expect(status).toBe(1)
    expect(out).toContain(`${path}:7: error: There is no sink of type nul. Sink k1 is left out; the rest runs. — `)
  })

  test('ends with 0 when there are only warnings', () => {
    const path = file('warning.properties', good.replace('a1.channels.c1.type = memory\n', ''))
    const { status, out } = validate(path, '--name', 'a1')
    expect(out).toContain(`${path}:2: warning: Channel c1 has no type`)
    expect(status).toBe(0)
  })

  test('gives the same as JSON', () => {
    const { out } = validate(file('json.properties', good.replace('= null', '= nul')), '--json')
    expect(JSON.parse(out)).toMatchObject({
      agents: ['a1'],
      errors: 1,
      problems: expect.arrayContaining([
        expect.objectContaining({ line: 7, key: 'a1.sinks.k1.type', value: 'nul', component: 'a1.sinks.k1' }),
      ]),
    })
  })

  test('what only the making of a component finds is a problem with its line too, and nothing is made on the disk', () => {
    const text = good.replace(
      '= null',
      `= file_roll
a1.sinks.k1.sink.directory = ${folder}
a1.sinks.k1.sink.serializer = avro_event
a1.sinks.k1.sink.serializer.compressionCodec = bzip2`,
    )
    const warned = validate(file('made.properties', text))
    expect(warned.status).toBe(0)
    expect(warned.out).toMatch(
      /made\.properties:10: warning: a1\.sinks\.k1: serializer avro_event: compressionCodec: "bzip2" is not one of .*; it counts as absent\./,
    )
    const { status, out } = validate(file('refused.properties', text.replace('compressionCodec = bzip2', 'syncIntervalBytes = 5')))
    expect(status).toBe(1)
    expect(out).toMatch(
      /refused\.properties:10: error: a1\.sinks\.k1 is left out: serializer avro_event: syncIntervalBytes: "5" is less than 32/,
    )
    const small = validate(
      file(
        'small.properties',
        `${good}a1.channels.c1.transactionCapacity = 200
`,
      ),
    )
    expect(small.out).toContain('small.properties:6: error: a1.channels.c1 is left out: Transaction Capacity of Memory Channel')
  })

  test('an agent that the file does not have is an error that names those it has', () => {
    const { status, out } = validate(file('other.properties', good), '--name', 'agent')
    expect(out).toMatch(/There is no agent agent in .* — It has a1\./)
    expect(status).toBe(1)
  })

  test('says where a real Flume would leave out what Millrace runs', () => {
    const { out, status } = validate(
      file('differs.properties', good.replace('channel = c1', 'channel = c1\na1.sinks.k1.maxBytes = 5\na1.sources.r1.batchSize = 200')),
    )
    expect(out).toContain('A real Flume leaves')
    expect(status).toBe(0)
  })

  test.each([
    ['a file that is missing', () => join(folder, 'no such file'), 'There is no file'],
    ['a folder', () => folder, 'is a folder'],
    ['a binary file', () => file('binary', Uint8Array.of(1, 2, 0, 3)), 'is not text: byte 2 is zero'],
    ['an empty file', () => file('empty', ''), 'holds no property'],
    ['a huge file', () => file('huge', `a1.x = ${'y'.repeat(17 * 1024 * 1024)}`), 'a configuration has at most'],
    [
      'a file of noise',
      () =>
        file(
          'noise',
          Uint8Array.from({ length: 4000 }, (_, index) => 1 + ((index * 7919) % 255)),
        ),
      'error',
    ],
  ])('%s is one clear sentence and status 1', (_, path, sentence) => {
    const { status, out, err } = validate(path())
    expect(out).toContain(sentence)
    expect(err).toBe('')
    expect(status).toBe(1)
  })

  test('a file that may not be read is said so', () => {
    const path = file('locked', good)
    chmodSync(path, 0)
    chmodSync(folder, 0o755)
    // Root may read everything, so as root the command runs as nobody.
    const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
    const run = spawnSync(process.execPath, [entryPoint('cli'), 'validate', path], { encoding: 'utf8', ...nobody })
    expect(run.stdout).toContain('may not be read')
    expect(run.status).toBe(1)
  })

  test.each([[[]], [['x', '--as-flume']], [['x', '--no-such-flag']]])('wrong usage %j ends with 2 and a sentence', (args) => {
    const { status, err } = validate(...args)
    expect(status).toBe(2)
    expect(err).toMatch(/^error: /)
  })
})

describe('millrace validate --as-flume', () => {
  test('prints the verdict of a real Flume in the shape of the golden cases', () => {
    const { out, status } = validate(file('flume.properties', good), '--name', 'a1', '--as-flume', '--json')
    expect(JSON.parse(out)).toMatchObject({
      valid: true,
      agents: ['a1'],
      errors: [],
      components: { channels: { c1: { params: { type: 'memory' } } } },
      instantiated: { channels: ['c1'], sources: ['r1'], sinkRunners: { k1: { processor: 'Default', sinks: ['k1'] } } },
    })
    expect(status).toBe(0)
  })

  test('takes system properties from -D', () => {
    const path = file('sys.properties', good.replace('= null', '= ${sys:kind:-logger}'))
    expect(JSON.parse(validate(path, '--name', 'a1', '--as-flume', '--json', '-Dkind=null').out).components.sinks.k1.params.type).toBe(
      'null',
    )
    expect(JSON.parse(validate(path, '--name', 'a1', '--as-flume', '--json').out).components.sinks.k1.stub.type).toBe('logger')
  })

  test('says in sentences why something is gone, and ends with 1 when nothing would run', () => {
    const { out, status } = validate(
      file('gone.properties', good.replace('a1.channels.c1.type = memory\n', '')),
      '--name',
      'a1',
      '--as-flume',
    )
    expect(out).toContain('has no valid agent a1')
    expect(out).toContain('a1.channels.c1: gone: Configuration empty for: c1. Removed.')
    expect(status).toBe(1)
  })

  test('a file that cannot be read fails, and a folder in the way is named', () => {
    mkdirSync(join(folder, 'dir'))
    expect(validate(join(folder, 'dir'), '--name', 'a1', '--as-flume', '--json').status).toBe(1)
  })
})
