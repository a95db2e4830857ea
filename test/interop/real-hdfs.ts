// A real HDFS as a process, with Hadoop's own readers behind commands (hdfs/RealHdfs.java).
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { opening } from './java.ts'
import { cacheFolder, interopFolder } from './maven.ts'

export const hdfsFolder = join(interopFolder, 'hdfs')
const hdfsCache = join(cacheFolder, 'hdfs')
export const hdfsClassPathFile = join(hdfsCache, 'class-path.txt')
export const hdfsClassesFolder = join(hdfsCache, 'classes')

export class RealHdfs {
  readonly #process: ChildProcess
  readonly #lines: AsyncIterator<string>

  private constructor(process: ChildProcess) {
    this.#process = process
    this.#lines = createInterface({ input: process.stdout! })[Symbol.asyncIterator]()
  }

  static async start(folder: string, rpcPort: number, httpPort: number): Promise<RealHdfs> {
    const options = ['-Xmx512m', '-XX:+UseSerialGC', '-Djava.net.preferIPv4Stack=true', ...opening(['java.lang', 'java.io', 'java.util'])]
    const classPath = `${hdfsClassesFolder}:${readFileSync(hdfsClassPathFile, 'utf8')}`
    const hdfs = new RealHdfs(
      spawn('java', [...options, '-cp', classPath, 'RealHdfs', folder, `${rpcPort}`, `${httpPort}`], {
        // Jetty and Jersey unpack and write beside themselves.
        cwd: folder,
        stdio: ['pipe', 'pipe', 'ignore'],
        env: { ...process.env, HADOOP_USER_NAME: 'millrace' },
      }),
    )
    await hdfs.#until('READY')
    return hdfs
  }

  /** Lines of the answer. Rejects with Hadoop's error. */
  async ask(command: string): Promise<string[]> {
    this.#process.stdin!.write(`${command}\n`)
    const lines = await this.#until('END')
    const error = lines.find((line) => line.startsWith('ERROR '))
    if (error !== undefined) throw new Error(`${command}: ${error}`)
    return lines
  }

  async #until(last: string): Promise<string[]> {
    const lines: string[] = []
    for (;;) {
      const { value, done } = await this.#lines.next()
      if (done === true) throw new Error(`The real HDFS ended. It said: ${lines.join('\n')}`)
      if (value === last) return lines
      lines.push(value)
    }
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('close', resolve))
    this.#process.stdin!.end()
    await ended
  }
}
