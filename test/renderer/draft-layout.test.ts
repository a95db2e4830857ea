import { expect, test } from 'vitest'
import { completed, withLeftOut } from '../../src-renderer/editor/draft-layout.ts'
import type { Problem } from '../../src-shared/flume/problem.ts'

const nothing = { nodes: [], wires: [] }

const text = `a1.sources = r1
a1.channels = c1
a1.sinks = k1 k2
a1.sources.r1.type = seq
a1.sources.r1.channels = c1
a1.channels.c1.type = memroy
a1.sinks.k1.type = null
a1.sinks.k1.channel = c1
a1.sinks.k2.type = null
a1.sinks.notListed.type = null
`

test('components of an agent that cannot run are in the picture, with their wires and what is wrong with them', () => {
  const problem: Problem = {
    severity: 'error',
    code: 'TYPE_UNKNOWN',
    file: 'f',
    line: 6,
    component: 'a1.channels.c1',
    message: 'There is no channel of type memroy.',
  }
  const { nodes, wires } = completed(withLeftOut(nothing, text, {}, [problem]), text, {})
  expect(nodes.map(({ id, type }) => [id, type])).toEqual([
    ['a1.sources.r1', 'seq'],
    ['a1.channels.c1', 'memroy'],
    ['a1.sinks.k1', 'null'],
    ['a1.sinks.k2', 'null'],
  ])
  expect(wires.map(({ id }) => id)).toEqual(['a1.sources.r1->a1.channels.c1', 'a1.channels.c1->a1.sinks.k1'])
  expect(nodes[1]).toMatchObject({ line: 6, problems: { errors: 1, warnings: 0 } })
  expect(new Set(nodes.map(({ x, y }) => `${x} ${y}`)).size).toBe(4)
})

test('what the engine has drawn stays as it is; a list that is looked up elsewhere names nothing to draw', () => {
  const node = { id: 'a1.sinks.k1', kind: 'sink', agent: 'a1', name: 'k1', type: 'logger', x: 1, y: 2 } as const
  const drawn = { ...node, interceptors: [], problems: { errors: 0, warnings: 0 }, line: 7 }
  const { nodes } = withLeftOut({ nodes: [drawn], wires: [] }, `a1.sinks = k1\na1.sources = \${env:SOURCES}\n`, {}, [])
  expect(nodes).toEqual([drawn])
})
