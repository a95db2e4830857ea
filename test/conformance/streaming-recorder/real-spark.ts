// A real Spark 3.5.9 that runs cases: got from Maven Central into .cache, once, with the compiler for the programs of this folder.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { opening, packagesForSpark } from '../../interop/java.ts'
import { cacheFolder, resolveClassPath } from '../../interop/maven.ts'

const folder = import.meta.dirname
const cache = join(cacheFolder, 'spark-recorder')
const classPathFile = join(cache, 'class-path.txt')
const classes = join(cache, 'classes')
const silence = join(cache, 'log4j2.properties')

export function setup(): void {
  resolveClassPath(folder, classPathFile)
  writeFileSync(silence, 'rootLogger.level = off\n')
  const sources = readdirSync(folder).filter((name) => name.endsWith('.scala'))
  const compiled = statSync(join(classes, 'compiled'), { throwIfNoEntry: false })?.mtimeMs ?? 0
  if (sources.every((name) => statSync(join(folder, name)).mtimeMs < compiled)) return
  mkdirSync(classes, { recursive: true })
  const classPath = readFileSync(classPathFile, 'utf8')
  java(classPath, ['scala.tools.nsc.Main', '-nowarn', '-cp', classPath, '-d', classes, ...sources.map((name) => join(folder, name))])
  writeFileSync(join(classes, 'compiled'), '')
}

/** Runs every case of `from` in one virtual machine and writes it with its results into `to`; answers a line for each that failed. */
export function record(from: string, to: string): readonly string[] {
  const options = opening(packagesForSpark)
  options.push('-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xmx2g', `-Dlog4j.configurationFile=${silence}`)
  const printed = java([classes, readFileSync(classPathFile, 'utf8')].join(':'), ['org.apache.spark.streaming.Harness', from, to], options)
  return printed.split('\n').filter((line) => line.startsWith('NOT RECORDED'))
}

function java(classPath: string, args: readonly string[], options: readonly string[] = []): string {
  return execFileSync('java', [...options, '-Dfile.encoding=UTF-8', '-cp', classPath, ...args], {
    encoding: 'utf8',
    // What it says on stderr stands in the error, when it fails.
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TZ: 'UTC', LC_ALL: 'C.UTF-8' },
    maxBuffer: 1 << 28,
  })
}
