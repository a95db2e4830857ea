import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { killRun } from './kill-ledger/kill-run.ts'
import { isSound, ledgerTable, RouteTally } from './kill-ledger/tally.ts'

test('two agents killed 50 times under load lose nothing, and repeat only what was sent without an answer', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-kills-'))
  const { exitCodes, killed, ledgers } = await killRun({ kills: 50, seed: 20240101, folder })
  console.log(ledgerTable(ledgers))
  expect(killed).toBeGreaterThanOrEqual(50)
  expect(ledgers.filter((ledger) => !isSound(ledger))).toEqual([])
  expect(exitCodes).toEqual([0, 0])
  rmSync(folder, { recursive: true, force: true })
})

test('the ledger shows a lost event, a foreign line, and a repeated event as unexplained unless its transaction had no answer', () => {
  const tally = new RouteTally()
  tally.sent(4)
  tally.unanswered([1, 2])
  for (const event of [0, 1, 1, 3, 3, undefined, 9]) tally.delivered(event)
  const ledger = tally.ledger('r', [])
  expect(ledger).toMatchObject({ sent: 4, delivered: 5, duplicates: 2, unexplained: 1, lost: 1, foreign: 2, unanswered: 1 })
  expect(isSound(ledger)).toBe(false)
})

test('a delivery that the last channel never stored is unexplained', () => {
  const tally = new RouteTally()
  tally.sent(1)
  tally.unanswered([0])
  for (const event of [0, 0]) tally.delivered(event)
  expect(tally.ledger('r', [2]).unexplained).toBe(0)
  expect(tally.ledger('r', [1]).unexplained).toBe(1)
})
