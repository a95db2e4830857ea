// A real Spark 3.5.9 on local[2] beside a bench, when there is Java and Maven: got from Maven Central once.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { opening, packagesForSpark } from '../../test/interop/java.ts'
import { cacheFolder, compile, resolveClassPath } from '../../test/interop/maven.ts'

const folder = join(import.meta.dirname, 'spark')
const cache = join(cacheFolder, 'spark-bench')
const classPathFile = join(cache, 'class-path.txt')
const classes = join(cache, 'classes')
/** Of eight batches the first three are warm-up, as in the recorded runs. */
const batches = 8
const warmUp = 3

/** Lines per second of processing, from an RDD in memory, when it is warm. `lines`: a million or so, LF after each. */
export function sparkRate(scratch: string, program: 'wordcount' | 'filter-count', lines: Buffer, total: number): number {
  mkdirSync(scratch, { recursive: true })
  const file = join(scratch, 'lines')
  writeFileSync(file, lines)
  resolveClassPath(folder, classPathFile)
  if (!existsSync(join(classes, 'SparkRates.class'))) compile([join(folder, 'SparkRates.java')], classPathFile, classes)
  const classPath = [classes, readFileSync(classPathFile, 'utf8')].join(':')
  const printed = execFileSync(
    'java',
    [...opening(packagesForSpark), '-Xms1g', '-Xmx4g', '-Dlog4j2.level=OFF', '-cp', classPath, 'SparkRates', program, file, `${batches}`],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  )
  const ms = printed.trim().split('\n').map(Number).slice(warmUp)
  if (ms.length !== batches - warmUp) throw new Error(`Spark has run ${ms.length + warmUp} batches of ${batches}.`)
  return (total * ms.length * 1000) / ms.reduce((sum, each) => sum + each, 0)
}
