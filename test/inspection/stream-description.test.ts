import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readDescription, writeDescription } from '../../src-main/inspection/stream-description.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-description-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('what a stream says of itself is read back, with and without a master', () => {
  const description = { id: 's1', file: '/p.ts', channels: [{ name: 'c1', folder: '/state/c1' }] }
  for (const written of [description, { ...description, master: 'local[2]' }]) {
    writeDescription(folder, written)
    expect(readDescription(folder)).toEqual(written)
  }
})

test('there is none where no stream ever ran', () => {
  expect(readDescription(folder)).toBeUndefined()
})

test.each([
  ['half a file', '{"id": "s1", ', /JSON/],
  ['a channel without a folder', '{"id": "s1", "file": "/p.ts", "channels": [{"name": "c1"}]}', /\(channels\.0\.folder: /],
  ['something else', '7', /\(the whole: /],
])('one that cannot be read is refused with its file and what can be done: %s', (_, text, problem) => {
  const path = join(folder, 'stream.json')
  writeFileSync(path, text)
  expect(() => readDescription(folder)).toThrow(problem)
  expect(() => readDescription(folder)).toThrow(`The file ${path} is not as Millrace wrote it`)
  expect(() => readDescription(folder)).toThrow('Start the stream once more: it is written anew.')
})
