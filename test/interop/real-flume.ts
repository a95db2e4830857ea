// A real Apache Flume 1.11 as a process: an agent, or Flume's own RPC client. And an agent of ours.
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { opening } from './java.ts'
import { cacheFolder, interopFolder } from './maven.ts'

const root = join(import.meta.dirname, '..', '..')
const flumeFolder = join(cacheFolder, 'flume')
export const classPathFile = join(flumeFolder, 'class-path.txt')
export const classesFolder = join(flumeFolder, 'classes')

/** Starts a JVM whose insides are open to what was built for an older one. */
export function java(
  classPath: string,
  args: readonly string[],
  opened: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): ChildProcess {
  return spawn('java', ['-Xmx512m', '-Dfile.encoding=UTF-8', ...opening(opened), '-cp', classPath, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TZ: 'UTC', LC_ALL: 'C.UTF-8', ...environment },
  })
}

function flume(...args: readonly string[]): ChildProcess {
  return flumeIn({}, args)
}

function flumeIn(
  environment: Readonly<Record<string, string>>,
  args: readonly string[],
  alsoOnClassPath: readonly string[] = [],
): ChildProcess {
  return java(
    [classesFolder, readFileSync(classPathFile, 'utf8'), ...alsoOnClassPath].join(':'),
    [`-Dlog4j2.configurationFile=${join(interopFolder, 'flume', 'log4j2.xml')}`, ...args],
    ['java.nio', 'sun.nio.ch', 'java.lang', 'java.util'],
    environment,
  )
}

export interface Run {
  readonly process: ChildProcess
  /** What it printed so far. */
  output(): string
  /** Exit code, when it has ended. */
  readonly ended: Promise<number | null>
}

export function watched(process: ChildProcess): Run {
  let output = ''
  for (const stream of [process.stdout, process.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  }
  return { process, output: () => output, ended: new Promise((resolve) => process.on('close', resolve)) }
}

/** Serves /metrics on a port. */
const monitored = (port: number | undefined): string[] =>
  port === undefined ? [] : ['-Dflume.monitoring.type=http', `-Dflume.monitoring.port=${port}`]

/** `jvm`: options of the virtual machine, over those that all have; class paths of what it needs besides Flume. */
export const startFlumeAgent = (
  name: string,
  file: string,
  metricsPort?: number,
  jvm: readonly string[] = [],
  alsoOnClassPath: readonly string[] = [],
): Run => {
  const args = [...jvm, ...monitored(metricsPort), 'org.apache.flume.node.Application', '-n', name, '-f', file, '--no-reload-conf']
  return watched(flumeIn({}, args, alsoOnClassPath))
}

/** Flume's own RPC client: sends the sample events by these client properties. */
export const sendBySdk = (propertiesFile: string, count: number): Run => runFlumeClass('SendEvents', propertiesFile, `${count}`)

/** A class of the suite's or the benches' own, with Flume's on the class path. */
export const runFlumeClass = (name: string, ...args: readonly string[]): Run => watched(flume(name, ...args))

/** Such a class in an environment and with system properties of its own. */
export const runFlumeClassIn = (
  environment: Readonly<Record<string, string>>,
  systemProperties: Readonly<Record<string, string>>,
  name: string,
  ...args: readonly string[]
): Run => watched(flumeIn(environment, [...Object.entries(systemProperties).map(([key, value]) => `-D${key}=${value}`), name, ...args]))

/** `flume-ng avro-client`. */
export const flumeAvroClient = (...args: readonly string[]): Run => watched(flume('org.apache.flume.client.avro.AvroCLIClient', ...args))

/** What Java Avro reads in containers of events: a line each, as ReadEvents.java says. */
export const readByJavaAvro = (files: readonly string[]): Run => watched(flume('ReadEvents', ...files))

const millrace = (...args: readonly string[]): Run =>
  watched(
    spawn(process.execPath, [join(process.env['MILLRACE_OUT'] ?? join(root, 'out', 'node'), 'cli.js'), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  )

export const startMillraceAgent = (name: string, file: string, workDir: string, metricsPort?: number): Run =>
  millrace('agent', '-n', name, '-f', file, '--no-reload-conf', '--work-dir', workDir, ...monitored(metricsPort))

export const millraceAvroClient = (...args: readonly string[]): Run => millrace('avro-client', ...args)
