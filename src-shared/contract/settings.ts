// Contract: settings of the workspace, and what a window wants to find again after it was closed.
import { oc } from '@orpc/contract'
import * as v from 'valibot'
import { answer, values } from './schema.ts'

export const settingsSchema = v.strictObject({
  theme: v.picklist(['system', 'light', 'dark', 'high-contrast']),
  timeZone: v.picklist(['local', 'UTC']),
  fontSize: v.pipe(v.number(), v.minValue(9), v.maxValue(24)),
  logFontSize: v.pipe(v.number(), v.minValue(9), v.maxValue(24)),
  wrapLines: v.boolean(),
  recordBatches: v.boolean(),
})
export type Settings = v.InferOutput<typeof settingsSchema>

export const defaultSettings: Settings = {
  theme: 'system',
  timeZone: 'local',
  fontSize: 13,
  logFontSize: 12.5,
  wrapLines: false,
  recordBatches: true,
}

const key = v.pipe(v.string(), v.minLength(1), v.maxLength(200))

export const settings = {
  values: oc.output(values<Settings>()),
  change: oc.input(v.partial(settingsSchema)).output(answer<Settings>()),
  /** A window's own state (tabs, layout, scroll), any JSON up to 1 MiB; null when there is none. */
  windowState: oc.input(v.strictObject({ key })).output(answer<unknown>()),
  saveWindowState: oc.input(v.strictObject({ key, state: v.unknown() })).output(answer<void>()),
}
