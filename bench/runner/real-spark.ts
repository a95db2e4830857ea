// A real Spark 3.5.9 on local[2] beside a bench, when there is Java and Maven: got from Maven Central once.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder, compile, resolveClassPath } from '../../test/interop/maven.ts'

const folder = join(import.meta.dirname, 'spark')
const cache = join(cacheFolder, 'spark-bench')
const classPathFile = join(cache, 'class-path.txt')
const classes = join(cache, 'classes')
/** Of eight batches the first three are warm-up, as in the recorded runs. */
const batches = 8
const warmUp = 3

// As Spark's own start scripts open them on Java 17.
const opened = ['java.lang', 'java.lang.invoke', 'java.lang.reflect', 'java.io', 'java.net', 'java.nio', 'java.util'].concat([
  'java.util.concurrent',
  'java.util.concurrent.atomic',
  'jdk.internal.ref',
  'sun.nio.ch',
  'sun.nio.cs',
  'sun.security.action',
  'sun.util.calendar',
])

/** Whether it can be run here. */
export function hasSpark(): boolean {
  try {
    for (const [command, version] of [
      ['java', '-version'],
      ['javac', '-version'],
      ['mvn', '-v'],
    ] as const) {
      execFileSync(command, [version], { stdio: 'ignore' })
    }
    return true
  } catch {
    return false
  }
}

/** Lines per second of processing, from an RDD in memory, when it is warm. `lines`: a million or so, LF after each. */
export function sparkRate(scratch: string, program: 'wordcount' | 'filter-count', lines: Buffer, total: number): number {
  mkdirSync(scratch, { recursive: true })
  const file = join(scratch, 'lines')
  writeFileSync(file, lines)
  resolveClassPath(folder, classPathFile)
  if (!existsSync(join(classes, 'SparkRates.class'))) compile([join(folder, 'SparkRates.java')], classPathFile, classes)
  const options = opened.map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`)
  const classPath = [classes, readFileSync(classPathFile, 'utf8')].join(':')
  const printed = execFileSync(
    'java',
    [...options, '-Xms1g', '-Xmx4g', '-Dlog4j2.level=OFF', '-cp', classPath, 'SparkRates', program, file, `${batches}`],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  )
  const ms = printed.trim().split('\n').map(Number).slice(warmUp)
  if (ms.length !== batches - warmUp) throw new Error(`Spark has run ${ms.length + warmUp} batches of ${batches}.`)
  return (total * ms.length * 1000) / ms.reduce((sum, each) => sum + each, 0)
}
