// Runs a stream program's text in a supervised process, for tests: what it printed, how it ended.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { systemClock } from '../../src-main/clock.ts'
import { silentLogger } from '../../src-main/log.ts'
import type { Handlers } from '../../src-main/streaming/program/program-link.ts'
import type { RunOrder } from '../../src-main/streaming/program/program-messages.ts'
import { noRestart, type RestartPolicy } from '../../src-main/streaming/program/restart-policy.ts'
import { type SpawnProgram, spawnProgram } from '../../src-main/streaming/program/spawn-program.ts'
import { SupervisedProgram } from '../../src-main/streaming/program/supervise-program.ts'

export interface ProgramBench extends Disposable {
  readonly program: SupervisedProgram
  readonly folder: string
  readonly file: string
  printed(): string
}

export interface ProgramBenchOptions {
  readonly source: string
  readonly files?: Readonly<Record<string, string>>
  readonly memoryMb?: number
  readonly restart?: RestartPolicy
  readonly stopGraceMs?: number
  readonly handlers?: Handlers
  /** Path in the program's folder → text. */
  readonly recorded?: Readonly<Record<string, string>>
  readonly spawn?: SpawnProgram
}

/** A program `program.ts` in a folder of its own, not yet started. */
export function programBench(options: ProgramBenchOptions): ProgramBench {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-program-'))
  const file = join(folder, 'program.ts')
  writeFileSync(file, options.source)
  for (const [name, text] of Object.entries(options.files ?? {})) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  const printed: Uint8Array[] = []
  const order: RunOrder = {
    file,
    folder,
    memoryMb: options.memoryMb ?? 256,
    channels: [],
    ...(options.recorded && {
      recorded: Object.entries(options.recorded).map(([name, text]) => [pathToFileURL(join(folder, name)).href, text]),
    }),
  }
  const program = new SupervisedProgram(
    { spawn: options.spawn ?? spawnProgram, clock: systemClock, log: silentLogger },
    {
      order: () => order,
      cwd: folder,
      restart: options.restart ?? noRestart,
      stopGraceMs: options.stopGraceMs ?? 5000,
      handlers: () => options.handlers ?? {},
      onOutput: (_stream, bytes) => {
        printed.push(bytes)
      },
      completedBatches: () => 0,
    },
  )
  return {
    program,
    folder,
    file,
    printed: () => Buffer.concat(printed).toString('utf8'),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}
