import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { leastSize, readWindowStates, rescued, writeWindowStates } from '../../src-main/app/window-state.ts'
import { temporaryFolder } from '../driver/temporary-folder.ts'

const laptop = { x: 0, y: 25, width: 1440, height: 875 }
const monitor = { x: 1440, y: 0, width: 2560, height: 1440 }

test('a window that can be seen stays where it was, also partly outside', () => {
  const wanted = { x: 3800, y: 100, width: 1200, height: 800 }
  expect(rescued(wanted, [laptop, monitor])).toEqual(wanted)
  expect(rescued({ x: -900, y: 200, width: 1200, height: 800 }, [laptop])).toEqual({ x: -900, y: 200, width: 1200, height: 800 })
})

test('a window whose monitor is gone comes back into the primary display, no larger than it', () => {
  expect(rescued({ x: 2000, y: 100, width: 1200, height: 800 }, [laptop])).toEqual({ x: 120, y: 63, width: 1200, height: 800 })
  expect(rescued({ x: 2000, y: 100, width: 3000, height: 2000 }, [laptop])).toEqual(laptop)
})

test('a window whose title bar cannot be taken hold of comes back too', () => {
  for (const lost of [
    { x: 100, y: -400, width: 900, height: 700 },
    { x: 100, y: 890, width: 900, height: 700 },
    { x: -850, y: 100, width: 900, height: 700 },
  ]) {
    const at = rescued(lost, [laptop])
    expect(at.y).toBeGreaterThanOrEqual(laptop.y)
    expect(at.x).toBeGreaterThanOrEqual(laptop.x)
  }
})

test('a window is never smaller than what it needs', () => {
  expect(rescued({ x: 10, y: 30, width: 1, height: 1 }, [laptop])).toMatchObject(leastSize)
})

test('what is written is read again, and a crash while writing leaves the old file', () => {
  const file = join(temporaryFolder(), 'sub', 'windows.json')
  const states = { background: '#1b1d21', windows: [{ bounds: laptop, maximized: true, fullScreen: false }] }
  writeWindowStates(file, states)
  expect(readWindowStates(file)).toEqual(states)
  expect(existsSync(`${file}.new`)).toBe(false)
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(states)
})

test.each([
  ['no file', undefined],
  ['no JSON', '{"windows": ['],
  ['another shape', '{"windows": [{"bounds": 7}]}'],
  ['a background that is no colour', '{"background":"url(x)","windows":[]}'],
])('%s is as good as nothing kept', (_what, text) => {
  const file = join(temporaryFolder(), 'windows.json')
  if (text !== undefined) writeFileSync(file, text)
  expect(readWindowStates(file)).toEqual({ windows: [] })
})
