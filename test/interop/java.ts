// This machine's JDK and Maven, and how a JVM is opened to what was built for an older Java.
import { spawnSync } from 'node:child_process'

/** Whether a real Flume or Spark can be got and run here. */
export function hasJdkAndMaven(): boolean {
  return ['java', 'javac', 'mvn'].every((command) => spawnSync(command, ['-version'], { stdio: 'ignore' }).status === 0)
}

/** Options of a JVM that open these packages of java.base. */
export function opening(packages: readonly string[]): string[] {
  return packages.map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`)
}

/** As Spark's own start scripts open them on Java 17. */
export const packagesForSpark: readonly string[] = [
  'java.lang',
  'java.lang.invoke',
  'java.lang.reflect',
  'java.io',
  'java.net',
  'java.nio',
  'java.util',
  'java.util.concurrent',
  'java.util.concurrent.atomic',
  'jdk.internal.ref',
  'sun.nio.ch',
  'sun.nio.cs',
  'sun.security.action',
  'sun.util.calendar',
]
