// Gets Flume 1.11.0 and what it needs from Maven Central into .cache, once, and compiles the Java client of the suite.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { classesFolder, classPathFile, flumeFolder, interopFolder } from './real-flume.ts'

export function setup(): void {
  mkdirSync(classesFolder, { recursive: true })
  if (!existsSync(classPathFile)) {
    execFileSync(
      'mvn',
      ['-q', '-B', `-Dmaven.repo.local=${join(flumeFolder, 'm2')}`, 'dependency:build-classpath', `-Dmdep.outputFile=${classPathFile}`],
      {
        cwd: join(interopFolder, 'flume'),
        stdio: ['ignore', 'inherit', 'inherit'],
      },
    )
  }
  execFileSync(
    'javac',
    [
      '-encoding',
      'UTF-8',
      '-nowarn',
      '-proc:none',
      '-d',
      classesFolder,
      '-cp',
      readFileSync(classPathFile, 'utf8'),
      join(interopFolder, 'flume', 'SendEvents.java'),
    ],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  )
}
