import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runFilterCommand, withFilterCommands } from '../../../src-main/agent/configuration/filter-command.ts'
import { temporaryFolder } from '../../driver/temporary-folder.ts'

function script(text: string): string {
  const path = join(temporaryFolder(), 'say')
  writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o700 })
  return path
}
const waiting = (command: readonly string[]): string | undefined => runFilterCommand(command)
const beside = (command: readonly string[]): Promise<string | undefined> => withFilterCommands((run) => run(command))

describe.skipIf(process.platform === 'win32').each([
  ['holding the thread up', waiting],
  ['beside', beside],
])('a filter’s command, %s', (_, run) => {
  const runs = async (command: readonly string[]): Promise<string | undefined> => run(command)

  test('answers with its first line, and gets its arguments', async () => {
    expect(await runs([script('echo "$1"; echo more'), 'key'])).toBe('key')
  })

  test('that prints nothing has no answer', async () => {
    expect(await runs([script('exit 0')])).toBeUndefined()
  })

  test('that fails is said with its code and its first words', async () => {
    const path = script('echo no such key >&2; exit 3')
    await expect(runs([path])).rejects.toThrow(`${path} ended with 3: no such key`)
  })

  test('that does not exist is named', async () => {
    await expect(runs(['/nonexistent/program'])).rejects.toThrow('there is no program /nonexistent/program')
  })

  test('that the system refuses at once fails like another', async () => {
    await expect(runs(['/bin/echo', 'a\0b'])).rejects.toThrow('null bytes')
  })
})

test.skipIf(process.platform === 'win32')('what an answer asks for is asked too, and nothing is run twice', async () => {
  const folder = temporaryFolder()
  const path = script(`echo run >> ${join(folder, 'runs')}; wc -l < ${join(folder, 'runs')}`)
  const answers = await withFilterCommands((run) => {
    const first = run([path, 'a'])
    const again = run([path, 'a'])
    return [first, again, first === undefined ? undefined : run([path, `after ${first.trim()}`])]
  })
  expect(answers.map((answer) => answer?.trim())).toEqual(['1', '1', '2'])
})
