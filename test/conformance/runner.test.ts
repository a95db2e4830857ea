// The judge is judged: what the conformance runner compares, and that it finds a difference where there is one.
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { rpcLines } from './runner/avro-container.ts'
import { type CompareSpec, collect, equal, filesBelow, naturalOrder, splitLines } from './runner/collect.ts'
import { runConfigurationCase } from './runner/configuration-case.ts'
import { explainedBy, rulesInLog } from './runner/explained-by.ts'
import { runFlumeSuite } from './runner/flume-suite.ts'
import { Conversation, connectPatiently, freePort } from './runner/network.ts'
import { resultLine } from './runner/report.ts'
import { runAgentCase } from './runner/run-case.ts'
import { runStreamingSuite } from './streaming-runner/streaming-suite.ts'

const root = mkdtempSync(join(tmpdir(), 'millrace-runner-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const out = join(root, 'out')
mkdirSync(join(out, 'k1', '.hidden'), { recursive: true })
writeFileSync(join(out, 'k1', 'f-10'), 'ten\n')
writeFileSync(join(out, 'k1', 'f-9'), `nine ${out} 12:34\n{b=1, a=2} x\n`)
writeFileSync(join(out, 'k1', '.hidden', 'h'), '')
const seen = (mode: CompareSpec['mode'], more: Partial<CompareSpec> = {}): string =>
  collect(join(out, 'k1'), { mode, ...more }, { '@OUT@': out }).toString()

describe('what the runner compares', () => {
  test('a folder stands for its files in natural order, with paths, masks and header order taken out', () => {
    expect(['f-10', 'f-9', 'f-9-2', 'a'].sort(naturalOrder)).toEqual(['a', 'f-9', 'f-9-2', 'f-10'])
    expect(seen('lines', { mask: ['\\d\\d:\\d\\d'], headers: true })).toBe('nine @OUT@ <masked>\n{a=2, b=1} x\nten\n')
    expect(seen('bytes')).toContain(out)
    expect(seen('lines-sorted')).toBe('nine @OUT@ 12:34\nten\n{b=1, a=2} x\n')
    expect(seen('count')).toBe('3\n')
    expect(seen('file-count')).toBe('2\n')
    expect(seen('listing')).toBe('f-9\nf-10\n')
    expect(filesBelow(join(out, 'nothing'))).toEqual([])
    expect(collect(join(out, 'nothing'), { mode: 'lines' }, {}).toString()).toBe('')
  })

  test('lines of JSON are compared as values, all else as bytes', () => {
    const [a, b] = [Buffer.from('{"x":1,"y":[2]}\n'), Buffer.from('{"y": [2], "x": 1}\n')]
    expect(equal(a, b, { mode: 'json-lines' })).toBe(true)
    expect(equal(a, b, { mode: 'lines' })).toBe(false)
    expect(equal(a, Buffer.from('{"x":2,"y":[2]}\n'), { mode: 'json-lines' })).toBe(false)
  })

  test('lines end at \\n, \\r or both; frames of Avro RPC are sorted by serial', () => {
    expect(splitLines(Buffer.from('a\nb\r\nc\rd')).map(String)).toEqual(['a\n', 'b\r\n', 'c\r', 'd'])
    const frame = (serial: number, ...buffers: string[]): Buffer =>
      Buffer.concat([
        Buffer.from(Int32Array.of(serial, buffers.length).buffer).swap32(),
        ...buffers.flatMap((hex) => [Buffer.from(Int32Array.of(hex.length / 2).buffer).swap32(), Buffer.from(hex, 'hex')]),
      ])
    expect(rpcLines(Buffer.concat([frame(2, 'ff'), frame(1, 'aa', 'bb')])).toString()).toBe('1 aabb\n2 ff\n')
  })

  test('a conversation ends with the peer, or after a quiet time', async () => {
    const port = await freePort()
    const server = createServer((socket) =>
      socket.on('data', (data) => (data.toString() === 'bye' ? socket.end('gone') : socket.write('hm'))),
    ).listen(port)
    const conversation = new Conversation(await connectPatiently(port, () => undefined))
    await conversation.send(Buffer.from('hello'))
    expect(await conversation.read(200)).toBe('quiet')
    await conversation.send(Buffer.from('bye'))
    expect(await conversation.read(5000)).toBe('ended')
    expect(conversation.received.toString()).toBe('hmgone')
    conversation.close()
    server.close()
  })

  test('result lines are one line each', () => {
    expect(resultLine({ id: 'c1', title: 't', status: 'not ok', detail: 'a\n  b', ms: 1 })).toBe('not ok c1 t: a | b')
    expect(resultLine({ id: 'c1', title: 't', status: 'ok', ms: 1 })).toBe('ok c1 t')
  })
})

describe('a difference is a named rule’s', () => {
  const contents = (expected: string, actual: string, listing = false) => ({
    text: 'x differs',
    contents: { expected: Buffer.from(expected), actual: Buffer.from(actual), listing },
  })
  const log = `2026-11-28 20:30:13,731 INFO  [a1.sources.r1] A full channel slows a syslog sender down. rule=syslog-tcp-holds
2026-11-28 20:30:13,731 WARN  a.properties:7: warning: Channel c1 has no type. [channel-without-type]
2026-11-28 20:30:13,731 INFO  [taildir-rename] is no rule here, nor is rule=nonsense
`

  test('where the log of the run names the rule', () => {
    expect(rulesInLog(log).map(({ id }) => id)).toEqual(['channel-without-type', 'syslog-tcp-holds'])
    expect(rulesInLog('')).toEqual([])
  })

  test.each([
    ['syslog-tcp-holds', [contents('a\nb\n', 'a\nb\nc\n')], true],
    ['syslog-tcp-holds', [contents('a\nb\n', 'a\nc\n')], false],
    ['syslog-tcp-holds', [contents('a\nb\n', 'a\nb\nb\n')], false],
    ['syslog-tcp-holds', [contents('a\n', 'a\nb\n'), { text: 'tcp: timed out' }], false],
    ['syslog-tcp-holds', [], false],
    ['spooldir-quarantine', [contents('a\nb\n', 'a.error\nb.COMPLETED\n', true)], true],
    ['spooldir-quarantine', [contents('a\nb\n', 'b\n', true)], false],
    ['taildir-rename', [contents('a\nb\na\nb\n', 'a\nb\n'), { text: 'timeout', waitedFor: 'lines' as const }], true],
    ['taildir-rename', [contents('a\nb\na\nb\n', 'a\n')], false],
    ['taildir-rename', [{ text: 'timeout', waitedFor: 'lines' as const }], false],
    ['udp-datagrams-whole', [contents('abc\nx\n', 'abcdef\nx\n')], true],
    ['udp-datagrams-whole', [contents('abc\nx\n', 'abcdef\ny\n')], false],
    ['configuration-is-utf8', [contents('{k=Ã¼}\n', '{k=ü}\n')], true],
    ['configuration-is-utf8', [contents('{k=Ã¼}\n', '{k=u}\n')], false],
    ['http-blob-without-mandatory-parameters', [{ text: 'status', status: { expected: 500, actual: 200 } }], true],
    ['http-blob-without-mandatory-parameters', [{ text: 'status', status: { expected: 200, actual: 500 } }], false],
    ['listen-on-loopback', [contents('', 'a\n')], false],
  ])('%s: only when every difference is of its kind (%#)', (id, problems, explained) => {
    const rules = rulesInLog(`x rule=${id}\n`)
    expect(rules).toHaveLength(1)
    expect(explainedBy(problems, rules)?.id).toBe(explained ? id : undefined)
  })
})

const properties = `a1.sources = r1\na1.channels = c1\na1.sinks = k1\na1.sources.r1.type = taildir\na1.sources.r1.filegroups = g1
a1.sources.r1.filegroups.g1 = @WORK@/in/.*\na1.sources.r1.channels = c1\na1.channels.c1.type = memory
a1.sinks.k1.type = file_roll\na1.sinks.k1.sink.directory = @OUT@/k1\na1.sinks.k1.channel = c1\n`

function agentCase(name: string, expected: string, more: object = {}): string {
  const folder = join(root, name)
  mkdirSync(join(folder, 'input'), { recursive: true })
  mkdirSync(join(folder, 'expected'), { recursive: true })
  writeFileSync(join(folder, 'agent.properties'), properties)
  writeFileSync(join(folder, 'input', 'log'), 'one\ntwo\n')
  utimesSync(join(folder, 'input', 'log'), 1, 1)
  writeFileSync(join(folder, 'expected', 'k1'), expected)
  const description = {
    id: name,
    title: 'a tailed file',
    agent: 'a1',
    dirs: ['@OUT@/k1', '@WORK@/in'],
    drive: [{ do: 'copy', from: 'input/log', to: '@WORK@/in/log' }],
    await: { kind: 'events-at-sinks', path: 'k1', count: 2 },
    compare: { k1: 'lines' },
  }
  writeFileSync(join(folder, 'case.json'), JSON.stringify({ ...description, ...more }))
  return folder
}

describe('a running agent as a case', () => {
  test('passes when it leaves what was recorded', async () => {
    expect((await runAgentCase(agentCase('x1-good', 'one\ntwo\n'))).problems).toEqual([])
  })

  test('fails with the first difference when it does not', async () => {
    const { problems } = await runAgentCase(agentCase('x2-other', 'one\nTWO\n'))
    expect(problems).toEqual([expect.stringContaining('expected/k1 differs: at byte 4')])
  })

  test('fails when the agent ends by itself, and shows its last words', async () => {
    const { problems } = await runAgentCase(agentCase('x3-ends', 'one\ntwo\n', { agent: 'nosuch' }))
    expect(problems[0]).toMatch(/agent exited with|timeout/)
  })

  test('fails at a step that is not known', async () => {
    expect((await runAgentCase(agentCase('x4-step', '', { drive: [{ do: 'dance' }] }))).problems[0]).toContain('unknown step')
  })

  test('what is no case has failed, with its reason, and the others are run; a folder may hold the cases themselves', async () => {
    const folder = join(root, 'mixed')
    mkdirSync(join(folder, 'x6-nothing'), { recursive: true })
    mkdirSync(join(folder, '.git'))
    writeFileSync(join(folder, 'c6.json'), '{}')
    writeFileSync(join(folder, 'c7.json'), 'no JSON')
    const results = await runFlumeSuite({ cases: folder, only: [], jobs: 2, onResult: () => undefined })
    expect(results.map(({ id, status, detail }) => [id, status, detail?.slice(0, 30)])).toEqual([
      ['c6', 'not ok', 'cannot be run: Error: it has n'],
      ['c7', 'not ok', 'cannot be run: SyntaxError: Un'],
      ['x6-nothing', 'not ok', 'cannot be run: Error: ENOENT: '],
    ])
  })

  test('a configuration case with another expectation fails', async () => {
    const file = join(root, 'c999.json')
    writeFileSync(
      file,
      JSON.stringify({
        id: 'c999',
        title: 't',
        agent: 'a1',
        properties: 'x = 1',
        expect: { valid: true, agents: ['a1'], errors: [], instantiated: { channels: [], sources: [], sinkRunners: {} } },
      }),
    )
    const { problems } = await runConfigurationCase(file)
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(['structure', 'errors'])
  })
})

describe('a streaming case', () => {
  const cases = join(root, 'streaming-cases')
  const write = (name: string, content: unknown): void => {
    mkdirSync(join(cases, name, '..'), { recursive: true })
    writeFileSync(join(cases, name), typeof content === 'string' ? content : JSON.stringify(content))
  }
  const stream = { title: 't', batchMs: 1000, parallelism: 1, numBatches: 1, inputs: { a: [[1]] } }
  const doubled = [{ let: 'b', op: 'map', from: 'a', fn: 'times:2' }]

  test('passes when it gives what was recorded, fails with the reason when not, and no broken one ends the run', async () => {
    write('print/p1.json', { ...stream, id: 'p1', prints: [{ from: 'a' }] })
    write('rdd/r1.json', { id: 'r1', title: 't', program: [], results: [] })
    write('stream/s1.json', { ...stream, id: 's1', compare: 'ordered', program: doubled, collect: ['b'], outputs: { b: [[2]] } })
    write('stream/s2.json', { ...stream, id: 's2', compare: 'ordered', program: doubled, collect: ['b'], outputs: { b: [[3]] } })
    write('stream/s3.json', {
      ...stream,
      id: 's3',
      compare: 'ordered',
      program: [{ let: 'b', op: 'dance', from: 'a' }],
      outputs: { b: [] },
    })
    write('stream/s4.json', '{ "id": ')
    write('stream/s5.json', 'null')
    write('stream/s6.json', { ...stream, id: 's6', compare: 'ordered', collect: ['a'], outputs: {} })
    const lines: string[] = []
    const results = await runStreamingSuite({ cases, only: [], jobs: 1, onResult: (result) => lines.push(resultLine(result)) })
    expect(results).toHaveLength(8)
    expect(lines.map((line) => line.split(' | ')[0])).toEqual([
      'ok s1 t',
      'not ok s2 t: b, batch 1: expected [3], got [2]',
      'not ok s3 t: cannot be run: Error: the case needs the stream operation dance, which the runner does not have',
      expect.stringMatching(/^not ok s4 : cannot be run: SyntaxError/),
      expect.stringMatching(/^not ok s5 : not a case of stream\/: /),
      'not ok s6 t: not a case of stream/: outputs: nothing is recorded to compare with',
      expect.stringMatching(/^not ok p1 t: not a case of print\/: stdout: /),
      'not ok r1 t: not a case of rdd/: results: nothing is recorded to compare with',
    ])
  })
})
