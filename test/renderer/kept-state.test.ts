import { describe, expect, test } from 'vitest'
import { keptState } from '../../src-renderer/shell/kept-state.ts'

const usual = { tabs: [] as string[], active: undefined as string | undefined, side: { open: true, size: 232 }, zoom: 1, views: {} }

describe('what a window kept', () => {
  test('is found again as it was', () => {
    const kept = { tabs: ['#/logs/1'], active: '#/logs/1', side: { open: false, size: 100 }, zoom: 1.2, views: { 'log.wrap': true } }
    expect(keptState(JSON.parse(JSON.stringify(kept)), usual)).toEqual(kept)
  })

  test('is as usual where nothing, or nothing usable, was kept', () => {
    for (const kept of [undefined, null, 'text', 7, []]) expect(keptState(kept, usual)).toEqual(usual)
  })

  test('is left out field by field where it is of another kind, and what this version does not know is left out', () => {
    const kept = { tabs: [1, 2], active: { hash: '' }, side: { open: 'yes', size: 100 }, zoom: '1.2', views: [], colour: 'red' }
    expect(keptState(kept, usual)).toEqual({ ...usual, side: { open: true, size: 100 } })
  })
})
