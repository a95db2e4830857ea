// Where windows were, kept in one small JSON file in the app's own folder: it is needed before there is an engine. A window that would
// open where no display is any more (a monitor was unplugged) is brought back.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import * as v from 'valibot'

const bounds = v.object({ x: v.number(), y: v.number(), width: v.number(), height: v.number() })
export type Bounds = v.InferOutput<typeof bounds>

const windowStates = v.object({
  /** The page's background, so that the next window opens in it. */
  background: v.optional(v.pipe(v.string(), v.regex(/^#[0-9a-f]{6}$/i))),
  windows: v.array(v.object({ bounds, maximized: v.boolean(), fullScreen: v.boolean() })),
})
export type WindowStates = v.InferOutput<typeof windowStates>
export type WindowPlace = WindowStates['windows'][number]

/** The first window of a first start. */
export const usualSize = { width: 1280, height: 820 } as const
export const leastSize = { width: 640, height: 420 } as const

/** How much of a title bar must be on a display for a person to take hold of it. */
const grip = { width: 120, height: 32 } as const

/**
 * `wanted` as it can be shown: unchanged when enough of its title bar lies in some display's work area, otherwise moved into the first
 * (primary) one and no larger than it.
 */
export function rescued(wanted: Bounds, workAreas: readonly Bounds[]): Bounds {
  const width = Math.max(leastSize.width, Math.round(wanted.width))
  const height = Math.max(leastSize.height, Math.round(wanted.height))
  const at = { x: Math.round(wanted.x), y: Math.round(wanted.y), width, height }
  const primary = workAreas[0]
  if (primary === undefined || workAreas.some((area) => canBeGripped(at, area))) return at
  const fit = { width: Math.min(width, primary.width), height: Math.min(height, primary.height) }
  return {
    ...fit,
    x: primary.x + Math.round((primary.width - fit.width) / 2),
    y: primary.y + Math.round((primary.height - fit.height) / 2),
  }
}

function canBeGripped(window: Bounds, area: Bounds): boolean {
  const across = Math.min(window.x + window.width, area.x + area.width) - Math.max(window.x, area.x)
  return across >= grip.width && window.y >= area.y - 1 && window.y + grip.height <= area.y + area.height
}

/** What was kept; nothing when the file is missing or is not ours (it is worth no question). */
export function readWindowStates(file: string): WindowStates {
  try {
    return v.parse(windowStates, JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return { windows: [] }
  }
}

/** Written aside and renamed, so that a crash leaves the old one. */
export function writeWindowStates(file: string, states: WindowStates): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.new`, JSON.stringify(states, undefined, 2))
  renameSync(`${file}.new`, file)
}
