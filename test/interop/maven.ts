// What the interop suite gets from Maven Central, once, into .cache: class paths of real Flumes and a real Spark, and the suite's own classes.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')
export const interopFolder = import.meta.dirname
export const cacheFolder = join(root, '.cache')
/** One repository for all: most jars are shared. */
const repository = join(cacheFolder, 'flume', 'm2')

/** Runs Maven in the folder of a pom.xml. What it says goes to stderr: stdout is the caller's, whose last line may be a result. */
export function maven(folder: string, ...args: readonly string[]): void {
  const said = process.stderr.fd
  execFileSync('mvn', ['-q', '-B', `-Dmaven.repo.local=${repository}`, ...args], { cwd: folder, stdio: ['ignore', said, said] })
}

/** Writes the class path of the pom in `folder` into `file`, unless it is there, of this place, and the pom has not changed since. */
export function resolveClassPath(folder: string, file: string): void {
  mkdirSync(dirname(file), { recursive: true })
  const known = statSync(file, { throwIfNoEntry: false })
  const isStale =
    known === undefined || known.mtimeMs < statSync(join(folder, 'pom.xml')).mtimeMs || !readFileSync(file, 'utf8').startsWith(repository)
  if (isStale) maven(folder, 'dependency:build-classpath', '-Dmdep.includeScope=runtime', `-Dmdep.outputFile=${file}`)
}

/** Compiles Java files against the class path in a file. */
export function compile(sources: readonly string[], classPathFile: string, into: string): void {
  mkdirSync(into, { recursive: true })
  const classPath = readFileSync(classPathFile, 'utf8')
  execFileSync('javac', ['-encoding', 'UTF-8', '-nowarn', '-proc:none', '-d', into, '-cp', classPath, ...sources], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
}
