// Loads a person's stream program: a `.ts` file that Node strips of its types. `millrace` and `millrace/testing` resolve to the built API
// wherever the file lies; every file of the person's that is loaded is remembered, because together they are the program's version.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** A program version: its files by URL, and one hash over them. */
export interface ProgramVersion {
  /** First 16 hex digits of a SHA-256 over every file's URL and text. */
  readonly hash: string
  readonly main: string
  readonly files: ReadonlyMap<string, string>
}

export interface LoadOptions {
  /** Absolute path of the program. */
  readonly file: string
  /** Specifier → built file, for the names that resolve to Millrace's own API. */
  readonly api: Readonly<Record<string, string>>
  /** Run these texts (a recorded version) instead of what the files hold now. */
  readonly recorded?: ReadonlyMap<string, string>
}

/** A program about to be loaded. `run` evaluates it (once) and rejects with what it threw; `sources` fills as files are read. */
export interface LoadedProgram {
  readonly main: string
  readonly sources: ReadonlyMap<string, string>
  run(): Promise<void>
  version(): ProgramVersion
}

export function loadProgram(options: LoadOptions): LoadedProgram {
  const main = pathToFileURL(options.file).href
  const sources = new Map<string, string>()
  const api = new Map(Object.entries(options.api).map(([name, path]) => [name, pathToFileURL(path).href]))
  registerHooks({
    resolve(specifier, context, next) {
      const url = api.get(specifier) ?? recordedUrl(specifier, context.parentURL, options.recorded)
      return url === undefined ? next(specifier, context) : { url, shortCircuit: true }
    },
    load(url, context, next) {
      if (!isOwn(url)) return next(url, context)
      const source = options.recorded?.get(url) ?? readFileSync(fileURLToPath(url), 'utf8')
      sources.set(url, source)
      const format = formatOf(url, context.format, url === main)
      return format === undefined ? next(url, context) : { format, source, shortCircuit: true }
    },
  })
  const ownApi = new Set(api.values())
  const isOwn = (url: string): boolean =>
    url.startsWith('file:') && !url.includes('/node_modules/') && !ownApi.has(url) && !isBuilt(url, ownApi) && /\.[cm]?[jt]s$/.test(url)
  return {
    main,
    sources,
    run: async () => {
      await import(main)
    },
    version: () => versionOf(main, sources),
  }
}

// The main file is a module whatever the nearest package.json says (`await ssc.awaitTermination()` needs one), and so is a `.ts` file
// for which no package.json speaks.
function formatOf(url: string, known: string | null | undefined, main: boolean): string | undefined {
  const typed = /\.m?ts$/.test(url)
  if (main) return typed ? 'module-typescript' : 'module'
  return known ?? (typed ? 'module-typescript' : undefined)
}

/** The version that these files make. */
export function versionOf(main: string, files: ReadonlyMap<string, string>): ProgramVersion {
  const hash = createHash('sha256')
  for (const url of [...files.keys()].sort()) hash.update(`${url}\0${files.get(url)}\0`)
  return { hash: hash.digest('hex').slice(0, 16), main, files: new Map(files) }
}

// A file of a recorded version may have been deleted since; Node's own resolution would then refuse it.
function recordedUrl(specifier: string, parent: string | undefined, recorded: ReadonlyMap<string, string> | undefined): string | undefined {
  if (recorded === undefined) return undefined
  const url = URL.parse(specifier, /^\.{0,2}\//.test(specifier) ? parent : undefined)?.href
  return url !== undefined && recorded.has(url) ? url : undefined
}

// The API's own chunks lie beside it.
function isBuilt(url: string, api: ReadonlySet<string>): boolean {
  for (const entry of api) if (url.startsWith(new URL('.', entry).href)) return true
  return false
}
