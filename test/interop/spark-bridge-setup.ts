// Gets a Flume that can host Spark's SparkSink, and Spark 2.4.7, from Maven Central into .cache, once, and compiles their clients.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { compile, maven, resolveClassPath } from './maven.ts'
import { agentClassPathFile, bridgeClassesFolder, bridgeFolder, shimFolder, shimJar, sparkClassPathFile } from './real-spark.ts'

export function setup(): void {
  resolveClassPath(join(bridgeFolder, 'agent'), agentClassPathFile)
  resolveClassPath(join(bridgeFolder, 'spark'), sparkClassPathFile)
  if (!existsSync(shimJar)) maven(join(bridgeFolder, 'asm-shim'), `-Dshim.directory=${shimFolder}`, 'package')
  const sources = join(bridgeFolder, 'src')
  compile(
    readdirSync(sources).map((name) => join(sources, name)),
    sparkClassPathFile,
    bridgeClassesFolder,
  )
}
