// Agents as processes of their own, to be measured from outside: Millrace's and, where Java and Maven are there, a real Flume 1.11 beside it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hasJdkAndMaven } from '../../test/interop/java.ts'
import { compile } from '../../test/interop/maven.ts'
import { classesFolder, classPathFile, type Run, startFlumeAgent, startMillraceAgent } from '../../test/interop/real-flume.ts'
import { setup as setUpFlume } from '../../test/interop/real-flume-setup.ts'

export type AgentKind = 'Millrace' | 'Flume'

/** The heap that Flume's recorded figures were measured with. */
const flumeHeap = '-Xmx1g'
const clockTicks = 100

export interface MeasuredAgent {
  readonly run: Run
  /** Processor time of all its threads so far, s. */
  cpuSeconds(): number
  /** The most memory that it had resident so far, MB (VmHWM). */
  peakRssMegabytes(): number
  stop(): Promise<void>
}

let flumeIsThere: boolean | undefined

/** Whether a real Flume can be measured here; gets it from Maven Central the first time. Says so on stderr when it cannot. */
export function realFlume(): boolean {
  if (flumeIsThere === undefined) {
    flumeIsThere = hasJdkAndMaven()
    if (flumeIsThere) {
      setUpFlume()
      compile([join(import.meta.dirname, 'AvroLoad.java')], classPathFile, classesFolder)
    } else console.error('No JDK or no Maven here: Flume is not run beside; its figures are those recorded on another machine.')
  }
  return flumeIsThere
}

/** Starts agent a1 of a configuration; it serves /metrics on a port, if one is given. It ends with stop(). */
export function startAgent(kind: AgentKind, folder: string, configuration: string, metricsPort?: number): MeasuredAgent {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'agent.properties')
  writeFileSync(file, configuration)
  return measured(
    kind === 'Flume'
      ? startFlumeAgent('a1', file, metricsPort, [flumeHeap])
      : startMillraceAgent('a1', file, join(folder, 'work'), metricsPort),
    `${kind}'s agent`,
  )
}

export function measured(run: Run, what: string): MeasuredAgent {
  const pid = run.process.pid
  if (pid === undefined) throw new Error(`${what} could not be started.`)
  const ended = (): void => {
    if (run.process.exitCode !== null) throw new Error(`${what} ended with ${run.process.exitCode}: ${run.output().slice(-2000)}`)
  }
  return {
    run,
    cpuSeconds: () => {
      ended()
      // After the name in parentheses, which may hold blanks: fields 14 and 15 of proc(5), utime and stime.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')
      return (Number(fields[11]) + Number(fields[12])) / clockTicks
    },
    peakRssMegabytes: () => {
      ended()
      return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1000
    },
    stop: async () => {
      run.process.kill('SIGTERM')
      await run.ended
    },
  }
}
