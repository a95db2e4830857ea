// The messages between the preload script and the main process, one name per method of DesktopBridge, and what each may carry. Main
// checks every argument against these: a page is not trusted to be ours only because it should be.
import * as v from 'valibot'

const text = (most: number) => v.pipe(v.string(), v.maxLength(most))
const path = v.pipe(v.string(), v.minLength(1), v.maxLength(32_768))

const menuCommand = v.object({
  id: text(100),
  title: text(200),
  menu: v.optional(v.picklist(['file', 'edit', 'view', 'go', 'log', 'run', 'help'])),
  group: v.optional(text(100)),
  accelerator: v.optional(text(60)),
  enabled: v.optional(v.boolean()),
  checked: v.optional(v.boolean()),
})

/** Page → main. `invoke` calls answer, the others do not. */
export const pageCalls = {
  connectEngine: v.tuple([]),
  openDialog: v.tuple([v.object({ kind: v.picklist(['log', 'pipeline', 'program', 'folder']), multiple: v.optional(v.boolean()) })]),
  saveDialog: v.tuple([text(300)]),
  showInFolder: v.tuple([path]),
  openExternal: v.tuple([text(8_192)]),
  setCommands: v.tuple([v.pipe(v.array(menuCommand), v.maxLength(500))]),
  setRunning: v.tuple([
    v.object({ running: v.pipe(v.number(), v.integer(), v.minValue(0)), lines: v.pipe(v.array(text(500)), v.maxLength(200)) }),
  ]),
  notify: v.tuple([v.object({ title: text(200), body: text(1_000), command: v.optional(text(100)) })]),
  setBackground: v.tuple([v.pipe(v.string(), v.regex(/^#[0-9a-f]{6}$/i))]),
  newWindow: v.tuple([]),
} as const

export type PageCall = keyof typeof pageCalls
export type PageCallArguments<K extends PageCall> = v.InferOutput<(typeof pageCalls)[K]>
