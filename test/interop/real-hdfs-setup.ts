// Gets Hadoop's minicluster from Maven Central into .cache, once, and compiles what serves and reads it.
import { join } from 'node:path'
import { compile, resolveClassPath } from './maven.ts'
import { hdfsClassesFolder, hdfsClassPathFile, hdfsFolder } from './real-hdfs.ts'

export function setup(): void {
  resolveClassPath(hdfsFolder, hdfsClassPathFile)
  compile([join(hdfsFolder, 'RealHdfs.java')], hdfsClassPathFile, hdfsClassesFolder)
}
