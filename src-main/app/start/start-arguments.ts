// What `npm start -- …` understands.
import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

export const startUsage = `Usage: npm start -- [options] [file.log …]

Opens the workbench: in an Electron window where a runtime is there (npm run electron:install fetches one), otherwise in the browser.

  --demo            start the demo pipeline
  --browser         open in the browser even where an Electron runtime is there
  --workspace DIR   keep the workspace in DIR instead of the usual place
  --help            show this
`

export interface StartArguments {
  readonly demo: boolean
  readonly browser: boolean
  readonly help: boolean
  readonly workspace: string | undefined
  /** Absolute. */
  readonly files: readonly string[]
}

/** Reads the arguments; paths are relative to `folder`, where the person stands (npm itself runs in the project's folder). Throws a sentence. */
export function startArguments(args: readonly string[], folder: string): StartArguments {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      demo: { type: 'boolean', default: false },
      browser: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
      workspace: { type: 'string' },
    },
  })
  const files = positionals.map((name) => resolve(folder, name))
  for (const file of files) {
    if (!existsSync(file)) throw new Error(`There is no file ${file}. Check its name; relative names are looked up in ${folder}.`)
    if (statSync(file).isDirectory()) throw new Error(`${file} is a folder. Name a log file in it.`)
  }
  return {
    demo: values.demo,
    browser: values.browser,
    help: values.help,
    workspace: values.workspace === undefined ? undefined : resolve(folder, values.workspace),
    files,
  }
}

/** The same as arguments again, as the Electron app and `millrace serve` both take them. */
export function faceArguments(parsed: StartArguments): string[] {
  return [...(parsed.demo ? ['--demo'] : []), ...(parsed.workspace === undefined ? [] : ['--workspace', parsed.workspace]), ...parsed.files]
}
