// The far ends of the Flume–Spark bridge as processes: a real Flume that hosts Spark's SparkSink, a real Spark 2.4.7 that pulls, and
// Avro's own client of the SparkSink protocol, scripted.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packagesForSpark } from './java.ts'
import { cacheFolder, interopFolder } from './maven.ts'
import { java, type Run, watched } from './real-flume.ts'

export const bridgeFolder = join(interopFolder, 'spark-bridge')
const bridgeCache = join(cacheFolder, 'spark-bridge')
export const agentClassPathFile = join(bridgeCache, 'agent-class-path.txt')
export const sparkClassPathFile = join(bridgeCache, 'spark-class-path.txt')
export const bridgeClassesFolder = join(bridgeCache, 'classes')
export const shimFolder = join(bridgeCache, 'asm-shim')
/** See asm-shim/pom.xml. */
export const shimJar = join(shimFolder, 'asm-shim-1.jar')

const logging = (level: string): string[] => [
  `-Dbridge.log.level=${level}`,
  `-Dlog4j.configuration=file:${join(bridgeFolder, 'log4j.properties')}`,
]

/** A Flume 1.11 with Avro 1.8.2 and the jar of Spark's sink; its counters are at `metricsPort`. */
export function startSparkSinkAgent(name: string, file: string, metricsPort: number): Run {
  const metrics = ['-Dflume.monitoring.type=http', `-Dflume.monitoring.port=${metricsPort}`]
  const application = ['org.apache.flume.node.Application', '-n', name, '-f', file, '--no-reload-conf']
  return watched(java(readFileSync(agentClassPathFile, 'utf8'), [...logging('INFO'), ...metrics, ...application], []))
}

function sparkClassPath(): string {
  const jars = readFileSync(sparkClassPathFile, 'utf8').split(':')
  return [bridgeClassesFolder, shimJar, ...jars.filter((jar) => !jar.includes('xbean-asm6-shaded'))].join(':')
}

/** Spark 2.4.7 with FlumeUtils.createPollingStream: prints `{"headers":…,"body":base64}` a line. Runs until it is killed. */
export function startSparkPull(port: number): Run {
  return watched(java(sparkClassPath(), [...logging('WARN'), 'SparkPull', '127.0.0.1', `${port}`], packagesForSpark))
}

/** Avro's NettyTransceiver with these commands, one after the other: see SinkProbe.java. */
export function startProbe(port: number, ...commands: readonly string[]): Run {
  return watched(java(sparkClassPath(), [...logging('WARN'), 'SinkProbe', '127.0.0.1', `${port}`, ...commands], packagesForSpark))
}
