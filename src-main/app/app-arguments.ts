// What the app was started with: by `npm start`, by a person in a shell, by the system (double click, Open with), by a second start.
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import * as v from 'valibot'

const schema = v.object({
  demo: v.boolean(),
  workspace: v.optional(v.string()),
  /** Absolute. */
  files: v.array(v.string()),
})
export type AppArguments = v.InferOutput<typeof schema>

/**
 * Reads `argv` without its first element. Chromium's and Electron's own switches stand between ours and are passed over; so is the app's
 * folder, which a runtime from a checkout gets as an argument. Names are relative to `folder`.
 */
export function appArguments(argv: readonly string[], folder: string): AppArguments {
  const files: string[] = []
  let demo = false
  let workspace: string | undefined
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i]!
    if (argument === '--demo') demo = true
    else if (argument === '--workspace') workspace = argv[++i]
    else if (argument.startsWith('--workspace=')) workspace = argument.slice('--workspace='.length)
    else if (!argument.startsWith('-')) {
      const path = resolve(folder, argument)
      if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) files.push(path)
    }
  }
  return { demo, files, ...(workspace !== undefined && workspace !== '' && { workspace: resolve(folder, workspace) }) }
}

/** What a second start handed over; undefined when it is nothing of ours. */
export function handedOver(data: unknown): AppArguments | undefined {
  const parsed = v.safeParse(schema, data)
  return parsed.success ? parsed.output : undefined
}
