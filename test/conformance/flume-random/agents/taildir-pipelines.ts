// Tailed files in several groups, with what happens to them: growth, rotation, truncation, restarts.
import type { Random } from '../../../driver/random.ts'
import { oddText, plainText } from './odd-text.ts'
import { type Action, type Pipeline, withFileSink, written } from './pipeline.ts'

const names = [
  'a.log',
  'b.log',
  'c.log',
  'a.log.1',
  'ü.log',
  'x y.log',
  'd/a.log',
  'd/b.txt',
  '[1].log',
  'e.txt',
  '.h.log',
  'd/.h.txt',
  'A.log',
  '"q".log',
  'b\\s.log',
]
const groups = [
  '@WORK@/in/.*log',
  '@WORK@/in/.*',
  '@WORK@/in/a.log',
  '@WORK@/in/a.*',
  '@WORK@/in/[ab]\\.log',
  '@WORK@/in/d/.*',
  '@WORK@/in/d/.*\\.txt',
  '@WORK@/in/(?i)a.*',
  '@WORK@/in/none.*',
  '@WORK@/in/\\[1\\].log',
  '@WORK@/in/x y.log',
  '@WORK@/in/.*/a.log',
  '@WORK@/in/',
  '@WORK@/in/..log$',
  '@WORK@/in/^.*\\.log$',
  '@WORK@/in//b.log',
]

/** Position files that somebody else wrote, or that were damaged. */
const oddPositions = [
  '',
  ' ',
  '[]',
  'null',
  '{}',
  '[',
  '[{}]',
  '[null]',
  '[1]',
  'no JSON',
  '[{"inode":1,"pos":0,"file":"@WORK@/in/a.log"}]',
  '[{"inode":1,"pos":0,"file":"@WORK@/in/a.log"},{"inode":2}]',
  '[{"inode":"1","pos":"0","file":"@WORK@/in/a.log"}]',
  '[{"inode":"x","pos":0,"file":"a"}]',
  '[{"inode":1.0,"pos":0,"file":"a"}]',
  '[{"inode":1.5,"pos":0,"file":"a"}]',
  '[{"inode":1,"pos":0,"file":1}]',
  '[{"inode":1,"pos":0,"file":null}]',
  '[{"inode":1,"pos":0,"file":"a","more":1}]',
  "[{'inode':1,'pos':0,'file':'a'}]",
  '[{"inode":1,"pos":0,"file":"a"},]',
  '[{"inode":1,"pos":0,"file":"a"}] more',
  '[{"inode":1,"pos":0,"file":"a"',
  '[{"inode":99999999999999999999,"pos":0,"file":"a"}]',
  '// comment\n[]',
]

export function taildirPipeline(random: Random): Pipeline {
  const lines = ['type = TAILDIR', 'positionFile = @WORK@/pos/position.json']
  const maybe = (probability: number, key: string, values: readonly string[]): void => {
    if (random.chance(probability)) lines.push(`${key} = ${written(random.pick(values))}`)
  }
  const listed = random.pick([['g1'], ['g1', 'g2'], ['g2', 'g1'], ['g1', 'g2', 'g3'], ['g-1'], ['g1', 'g1']])
  lines.push(`filegroups = ${listed.join(' ')}`)
  for (const group of new Set(listed)) {
    lines.push(`filegroups.${group} = ${written(random.pick(groups))}`)
    maybe(0.4, `headers.${group}.h1`, ['one', 'two words', 'ü', ''])
    maybe(0.2, `headers.${group}.h2`, [group, 'x'])
    maybe(0.1, `headers.${group}.file`, ['mine'])
    maybe(0.1, `headers.${group}.a.b`, ['dotted'])
    maybe(0.1, `headers.${group}.byteoffset`, ['off'])
  }
  maybe(0.1, 'headers.other.h1', ['none'])
  maybe(0.5, 'fileHeader', ['true', 'true', 'TRUE', 'false', 'x'])
  maybe(0.2, 'fileHeaderKey', ['path', 'h1', 'f g'])
  maybe(0.4, 'byteOffsetHeader', ['true', 'true', 'false'])
  maybe(0.2, 'skipToEnd', ['true', 'true', 'false'])
  maybe(0.3, 'batchSize', ['1', '2', '3', '10', '100', 'x'])
  maybe(0.3, 'maxBatchCount', ['1', '2', '5', '0', '-1', 'x', '9223372036854775807'])
  maybe(0.3, 'cachePatternMatching', ['true', 'false'])
  maybe(0.2, 'idleTimeout', ['100000'])
  maybe(0.2, 'writePosInterval', ['500', '100000', '0'])
  const odd = random.chance(0.3)
  const text = (name: string, first = 0): Buffer => (odd ? oddText(random, 1) : plainText(random, name, first))
  let mtime = 1_700_000_000
  const later = (): number => {
    mtime += random.pick([1, 7, 1000])
    return mtime
  }
  const there = [...new Set(Array.from({ length: random.pick([1, 2, 3, 5]) }, () => random.pick(names)))]
  const before: Action[] = there.map((name) => ({
    do: 'write',
    path: `in/${name}`,
    bytes: text(name),
    mtime: later(),
  }))
  if (random.chance(0.3)) {
    const entries = there
      .filter(() => random.chance(0.7))
      .map((name) => {
        const file = `@WORK@/in/${random.chance(0.85) ? name : 'other.log'}`
        return { of: `in/${name}`, pos: random.pick([0, 3, 5, 10, 20, 100000]), file }
      })
    before.push({ do: 'position', path: 'pos/position.json', entries })
  } else if (random.chance(0.15)) before.push({ do: 'text', path: 'pos/position.json', text: random.pick(oddPositions) })
  const stages = Array.from({ length: random.pick([0, 1, 2]) }, (_, stage) => {
    const touched = there.filter(() => random.chance(0.6))
    return touched.flatMap((name): Action[] => change(random, name, stage, text))
  })
  return { kind: 'taildir', ...withFileSink(lines), folders: ['in', 'in/d'], before, stages, ordered: true, comparesWork: true }
}

/** What happens to a file that was there. */
function change(random: Random, name: string, stage: number, text: (name: string, first?: number) => Buffer): Action[] {
  const path = `in/${name}`
  const more = text(name, 1000 * (stage + 1))
  switch (random.below(stage === 0 ? 8 : 3)) {
    case 0:
    case 1:
    case 2:
      return [{ do: 'append', path, bytes: more }]
    case 3:
      return [{ do: 'truncate', path, length: 0 }]
    case 4:
      return [{ do: 'delete', path }]
    case 5:
      // Away from every pattern, and a new one in its place.
      return [
        { do: 'rename', from: path, to: `gone-${stage}-${name.replaceAll('/', '-')}` },
        { do: 'write', path, bytes: more },
      ]
    case 6:
      return [{ do: 'write', path: `${path}.${stage}`, bytes: more }]
    default:
      return [
        { do: 'truncate', path, length: 0 },
        { do: 'append', path, bytes: Buffer.from('t\n') },
      ]
  }
}
