import { expect, test } from 'vitest'
import { hashOf, type Route, routeOf } from '../../src-renderer/shell/routes.ts'
import { chordParts } from '../../src-renderer/ui/chord.ts'
import { fuzzyMatch } from '../../src-renderer/ui/fuzzy.ts'
import { type CommandSpec, commandList } from '../../src-shared/command/commands.ts'
import { shortError } from '../../src-shared/streaming/short-error.ts'

test('every view has a URL from which it is found again', () => {
  const routes: Route[] = [
    { view: 'welcome' },
    { view: 'pipeline', id: 'a b/c.properties' },
    { view: 'log', id: '/var/log/größe #1?.log' },
    { view: 'batch', id: 'count', batchTime: 1_763_848_426_000 },
    { view: 'channel', id: 'demo/demo.channels.c1' },
    { view: 'settings' },
  ]
  for (const route of routes) expect(routeOf(hashOf(route))).toEqual(route)
  for (const hash of ['', '#/', '#/log', '#/batch/x/soon', '#/nothing/a', '#/log/%E0%A4%A']) expect(routeOf(hash)).toBeUndefined()
})

test('no two commands that can be bound at the same time have the same shortcut', () => {
  const seen = new Map<string, string>()
  for (const command of commandList as readonly (CommandSpec & { id: string })[]) {
    for (const key of command.keys ?? []) {
      for (const scope of command.scope === 'window'
        ? ['window', 'pipeline', 'log', 'stream', 'batch', 'channels']
        : [command.scope, 'window']) {
        const other = seen.get(`${scope} ${key}`)
        expect(other === undefined || other === command.id ? undefined : `${key}: ${other} and ${command.id}`).toBeUndefined()
      }
      seen.set(`${command.scope} ${key}`, command.id)
    }
  }
  expect(seen.size).toBeGreaterThan(40)
})

test('shortcuts read as key caps', () => {
  expect(chordParts('Mod+Shift+P').slice(1)).toEqual(['Shift', 'P'])
  expect(chordParts('G')).toEqual(['Shift', 'G'])
  expect(chordParts('g')).toEqual(['G'])
  expect(chordParts('Mod++').at(-1)).toBe('+')
})

test('letters in order match, word starts and runs rank higher', () => {
  expect(fuzzyMatch('xq', 'Make a pipeline')).toBeUndefined()
  const score = (query: string, text: string): number => fuzzyMatch(query, text)!.score
  expect(score('pip', 'Show Pipelines')).toBeGreaterThan(score('pip', 'stop in place'))
  expect(fuzzyMatch('show p', 'Show Pipelines')!.places).toEqual([0, 1, 2, 3, 4, 5])
})

test('what was thrown is read out of a failed task’s message', () => {
  const task =
    'Job aborted due to stage failure: Task 0 in stage 0.0 failed 1 times, most recent failure: Lost task 0.0 in stage 0.0 (TID 0) (localhost executor driver): '
  expect(shortError(`${task}RangeError: no page in a: b: no page in a: b`)).toBe('RangeError: no page in a: b')
  expect(shortError(`${task}RangeError: no page`)).toBe('RangeError: no page')
  expect(shortError('The program does not compile.')).toBe('The program does not compile.')
})
