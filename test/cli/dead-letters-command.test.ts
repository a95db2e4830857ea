// `millrace dead-letters` on a file that an agent's sink could have written.
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DeadLetterFile } from '../../src-main/agent/dead-letter/dead-letter-file.ts'
import { lockFile } from '../../src-main/storage/file-lock.ts'
import { batchOf } from '../../src-shared/event/build-batch.ts'
import { runMillrace } from '../driver/millrace-process.ts'
import { pickyAvroSource } from '../driver/picky-avro-source.ts'
import { temporaryFolder } from '../driver/temporary-folder.ts'

async function deadLetters(count: number): Promise<{ folder: string; file: string }> {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'dead-letters'))
  const file = join(folder, 'dead-letters', 'k1.jsonl')
  const box = new DeadLetterFile(file)
  for (let number = 0; number < count; number++) {
    const event = batchOf([{ headers: { host: 'h1' }, body: Buffer.from(`event ${number}`) }])
    await box.put({ event, sink: 'k1', channel: 'c1', ordinal: number, error: '127.0.0.1 answered 400', attempts: 4, time: 0 })
  }
  return { folder, file }
}

test('files are listed with how many events they hold and what went wrong last', async () => {
  const { folder, file } = await deadLetters(3)
  const { stdout } = await runMillrace(['dead-letters', 'list', folder])
  expect(stdout).toBe(`${file}  3 events of k1, the last 1970-01-01T00:00:00.000Z: 127.0.0.1 answered 400\n`)
  const json = await runMillrace(['dead-letters', 'list', folder, '--json'])
  expect(JSON.parse(json.stdout)).toMatchObject([{ file, events: 3, sinks: ['k1'] }])
})

test('show says when, why, and what the event was; a line cut short is said', async () => {
  const { file } = await deadLetters(1)
  appendFileSync(file, '{"ti')
  const { stdout, stderr } = await runMillrace(['dead-letters', 'show', file])
  expect(stdout).toBe('1970-01-01T00:00:00.000Z  k1  4 attempts: 127.0.0.1 answered 400\n  headers  host=h1\n  body     "event 0"\n')
  expect(stderr).toContain(`${file}:2 is no record`)
})

test('replay sends the events as they were and removes the file when all are acknowledged', async () => {
  const { file } = await deadLetters(150)
  const receiver = await pickyAvroSource(() => true)
  const { code, stdout } = await runMillrace(['dead-letters', 'replay', file, '-H', '127.0.0.1', '-p', `${receiver.port}`])
  expect([code, stdout]).toEqual([0, '150 events sent and acknowledged.\n'])
  expect(receiver.events()).toEqual(Array.from({ length: 150 }, (_, number) => [{ host: 'h1' }, `event ${number}`]))
  expect([existsSync(file), existsSync(`${file}.replaying`)]).toEqual([false, false])
})

test('what is not acknowledged stays, and the same command goes on with it and with what came since', async () => {
  const { file } = await deadLetters(150)
  const refusing = await pickyAvroSource((body) => body !== 'event 120')
  const first = await runMillrace(['dead-letters', 'replay', file, '-H', '127.0.0.1', '-p', `${refusing.port}`])
  expect(first.code).toBe(1)
  expect(first.stderr).toContain(`100 events were acknowledged; the others wait in ${file}.replaying`)
  const event = batchOf([{ headers: {}, body: Buffer.from('later') }])
  await new DeadLetterFile(file).put({ event, sink: 'k1', channel: 'c1', error: 'no', attempts: 1, time: 0 })
  const taking = await pickyAvroSource(() => true)
  const second = await runMillrace(['dead-letters', 'replay', file, '-H', '127.0.0.1', '-p', `${taking.port}`])
  expect([second.code, second.stdout]).toEqual([0, '51 events sent and acknowledged.\n'])
  expect(taking.bodies()).toEqual([...Array.from({ length: 50 }, (_, number) => `event ${100 + number}`), 'later'])
})

test('a file that is not there is one sentence', async () => {
  for (const args of [['show'], ['replay', '-H', '127.0.0.1', '-p', '1']]) {
    const { code, stderr } = await runMillrace(['dead-letters', args[0]!, '/nonexistent/file', ...args.slice(1)])
    expect([code, stderr]).toEqual([1, expect.stringContaining('/nonexistent/file')])
  }
})

test.each(['', 'no record\nat all\n', '{"a":1}\n'])('replay leaves a file alone that holds no dead letter: %j', async (content) => {
  const folder = temporaryFolder()
  const file = join(folder, 'precious.txt')
  writeFileSync(file, content)
  const { code, stderr } = await runMillrace(['dead-letters', 'replay', file, '-H', '127.0.0.1', '-p', '1'])
  expect([code, stderr]).toEqual([1, expect.stringContaining(`${file} holds no dead letter; it was left as it is.`)])
  expect(readdirSync(folder)).toEqual(['precious.txt'])
  expect(readFileSync(file, 'utf8')).toBe(content)
})

test('replay, show and list take a folder or a file for what it is not with one sentence, and leave it there', async () => {
  const folder = join(temporaryFolder(), 'precious')
  mkdirSync(folder)
  for (const args of [
    ['replay', folder, '-H', '127.0.0.1', '-p', '1'],
    ['show', folder],
  ]) {
    const { code, stderr } = await runMillrace(['dead-letters', ...args])
    expect([code, stderr]).toEqual([1, `millrace: ${folder} is a folder. Name a file in it.\n`])
  }
  const list = await runMillrace(['dead-letters', 'list', import.meta.filename])
  expect([list.code, list.stderr]).toEqual([1, `millrace: ${import.meta.filename} is no folder.\n`])
  expect(existsSync(folder)).toBe(true)
})

test('a replay while another process sends the same file sends nothing, says so, and leaves the file; once that one has ended it goes on', async () => {
  const { file } = await deadLetters(2)
  const receiver = await pickyAvroSource(() => true)
  const replay = () => runMillrace(['dead-letters', 'replay', file, '-H', '127.0.0.1', '-p', `${receiver.port}`])
  const other = lockFile(`${file}.lock`)!
  const refused = await replay()
  expect(refused.code).toBe(1)
  expect(refused.stderr).toContain(`The events of ${file} are being sent at this moment by another process.`)
  expect([receiver.bodies(), existsSync(file)]).toEqual([[], true])
  other.release()
  expect((await replay()).stdout).toBe('2 events sent and acknowledged.\n')
})
