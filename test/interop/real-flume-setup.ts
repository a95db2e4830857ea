// Gets Flume 1.11.0 and what it needs from Maven Central into .cache, once, and compiles the Java programs of the suite.
import { join } from 'node:path'
import { compile, interopFolder, resolveClassPath } from './maven.ts'
import { classesFolder, classPathFile } from './real-flume.ts'

export function setup(): void {
  const folder = join(interopFolder, 'flume')
  resolveClassPath(folder, classPathFile)
  const programs = ['SendEvents', 'ReadEvents', 'FindByJava', 'FlumeVerdicts']
  compile(
    programs.map((name) => join(folder, `${name}.java`)),
    classPathFile,
    classesFolder,
  )
}
