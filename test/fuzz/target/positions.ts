// Positions and notes that sources and sinks left on the disk: used, mended with a sentence, or refused with one; a start never breaks.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { cutUnfinishedEnd } from '../../../src-main/agent/sink/rolled-file.ts'
import { PositionStore } from '../../../src-main/agent/source/taildir/position-store.ts'
import { readSpoolTracker, writeSpoolTracker } from '../../../src-main/agent/spool/spool-tracker.ts'
import { silentLogger } from '../../../src-main/log.ts'
import { MillraceError } from '../../../src-shared/errors.ts'
import { assert, type FuzzTarget } from '../fuzz-target.ts'

// Always the same, because paths are part of the inputs.
const folder = join(tmpdir(), 'millrace-fuzz-positions')
mkdirSync(folder, { recursive: true })
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const path = (name: string): string => join(folder, name)
writeSpoolTracker(path('tracker'), { file: '/spool/a.log', offset: 1234 })

const fingerprint = { length: 4, crc: 1234 }
const texts = [
  '[{"inode":1,"pos":2,"file":"/a"},{"inode":18446744073709551615,"pos":20,"file":"/b \\u00fc"}]',
  '[]',
  '',
  JSON.stringify({ belongsTo: { mtimeMs: 1, size: 2 }, files: [{ id: '1:1', inode: '1', path: '/a', position: 5, fingerprint }] }).concat(
    `\n${JSON.stringify({ id: '1:1', inode: '1', path: '/a', pos: 9, fp: fingerprint })}\n`,
  ),
  `${JSON.stringify({ path: path('out'), length: 10, before: 5, ordinals: [3, 9] })}\n`,
]

export const target: FuzzTarget = {
  corpus: [...texts.map((text) => Buffer.from(text)), readFileSync(path('tracker'))],
  words: ['null', '{}', '[]', '"', '-1', '1e999', '9007199254740993', '"pos":', '"inode":', '"file":', '\n', '"ordinals":[', '"length":'],
  cost: 4,
  run(input) {
    const positions = path('positions.json')
    const journal = path('.positions.json.journal')
    for (const [one, other] of [
      [input, Buffer.from(texts[3]!)],
      [Buffer.from(texts[0]!), input],
    ] as const) {
      writeFileSync(positions, one)
      writeFileSync(journal, other)
      try {
        for (const { id, inode, path: file, position } of new PositionStore(positions, journal, silentLogger, () => {}).load()) {
          assert(id === undefined || typeof id === 'string', 'An id is no text.')
          assert(typeof inode === 'string' && typeof file === 'string', 'An entry has no inode or path.')
          dirname(file)
          assert(Number.isSafeInteger(position) && position >= 0, `A position is ${position}.`)
        }
      } catch (error) {
        assert(error instanceof MillraceError && error.code === 'COMPONENT_START', String((error as Error).stack ?? error))
      }
    }
    writeFileSync(path('tracker'), input)
    const tracked = readSpoolTracker(path('tracker'))
    assert(
      tracked === undefined || (Number.isSafeInteger(tracked.offset) && tracked.offset >= 0),
      `A tracked offset is ${tracked?.offset}.`,
    )
    writeFileSync(path('note'), input)
    writeFileSync(path('out'), 'x'.repeat(20))
    try {
      cutUnfinishedEnd(path('note'), () => true)
    } catch (error) {
      // A path that the system refuses is refused with the system's words.
      const refused =
        error instanceof MillraceError ? error.code === 'COMPONENT_START' : (error as NodeJS.ErrnoException).syscall !== undefined
      assert(refused, String((error as Error).stack ?? error))
    }
  },
}
