import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { streamKills } from './stream-kills.ts'

test('a stream with state, windows and keyed outputs killed 20 times leaves what a run leaves that nobody killed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-stream-kills-'))
  const { differences, outputs } = await streamKills({ kills: 20, seed: 20240101, folder })
  expect(differences).toEqual([])
  expect(outputs).toBeGreaterThan(1000)
  rmSync(folder, { recursive: true, force: true })
})
