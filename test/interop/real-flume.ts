// A real Apache Flume 1.11 as a process: an agent, or Flume's own RPC client.
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')
export const interopFolder = import.meta.dirname
export const flumeFolder = join(root, '.cache', 'flume')
export const classPathFile = join(flumeFolder, 'class-path.txt')
export const classesFolder = join(flumeFolder, 'classes')

function java(args: readonly string[]): ChildProcess {
  const opened = ['java.base/java.nio', 'java.base/sun.nio.ch', 'java.base/java.lang', 'java.base/java.util'].map(
    (name) => `--add-opens=${name}=ALL-UNNAMED`,
  )
  const classPath = `${classesFolder}:${readFileSync(classPathFile, 'utf8')}`
  return spawn(
    'java',
    [
      '-Xmx512m',
      '-Dfile.encoding=UTF-8',
      ...opened,
      `-Dlog4j2.configurationFile=${join(interopFolder, 'flume', 'log4j2.xml')}`,
      '-cp',
      classPath,
      ...args,
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TZ: 'UTC', LC_ALL: 'C.UTF-8' },
    },
  )
}

export interface Run {
  readonly process: ChildProcess
  /** What it printed so far. */
  output(): string
  /** Exit code, when it has ended. */
  readonly ended: Promise<number | null>
}

function watched(process: ChildProcess): Run {
  let output = ''
  for (const stream of [process.stdout, process.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  }
  return { process, output: () => output, ended: new Promise((resolve) => process.on('close', resolve)) }
}

export const startFlumeAgent = (name: string, file: string): Run =>
  watched(java(['org.apache.flume.node.Application', '-n', name, '-f', file, '--no-reload-conf']))

/** Flume's own RPC client: sends the sample events by these client properties. */
export const sendBySdk = (propertiesFile: string, count: number): Run => watched(java(['SendEvents', propertiesFile, `${count}`]))

export const startMillraceAgent = (name: string, file: string, workDir: string): Run =>
  watched(
    spawn(
      process.execPath,
      [
        join(process.env['MILLRACE_OUT'] ?? join(root, 'out', 'node'), 'cli.js'),
        'agent',
        '-n',
        name,
        '-f',
        file,
        '--no-reload-conf',
        '--work-dir',
        workDir,
      ],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    ),
  )
