// `millrace agent`: runs one Flume agent in this process, in the foreground, until SIGTERM or SIGINT.
import { accessSync, constants, mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { MillraceError, messageOf, phraseOf } from '../../src-shared/errors.ts'
import { type Problem, problemLine } from '../../src-shared/flume/problem.ts'
import { type AgentHandle, startAgent } from '../agent/agent.ts'
import { definedProperties } from '../agent/configuration/system-properties.ts'
import { type ConfigurationFileOptions, readConfiguration, watchConfiguration } from '../agent/lifecycle/configuration-file.ts'
import { systemClock } from '../clock.ts'
import { builtInRegistry } from '../component/registry.ts'
import type { Logger } from '../log.ts'
import { agentWorkDir } from './agent-work-dir.ts'
import { logLines } from './log-lines.ts'
import { repeated } from './repeated-option.ts'

interface AgentFlags {
  readonly name: string
  readonly confFile?: readonly string[]
  readonly define?: readonly string[]
  readonly workDir?: string
  readonly reloadConf: boolean
  readonly pollInterval: number
  readonly conf?: string
  readonly classpath?: string
  readonly pluginsPath?: string
  readonly dryrun?: boolean
}

/** Options of flume-ng that name another place of the configuration than a file. */
const otherPlaces: readonly (readonly [flags: string, description: string])[] = [
  ['-u, --conf-uri <uri>', 'refused: Millrace fetches no configuration'],
  ['-z, --zkConnString <servers>', 'refused: ZooKeeper is not supported'],
  ['-p, --zkBasePath <path>', 'refused: ZooKeeper is not supported'],
  ['-a, --auth-provider <class>', 'refused: it is for --conf-uri'],
  ['--conf-provider <class>', 'refused: Millrace loads no Java classes'],
  ['--conf-user <name>', 'refused: it is for --conf-uri'],
  ['--conf-password <password>', 'refused: it is for --conf-uri'],
]

/** Exit codes of the command, for scripts. */
const exitCodes = { stopped: 0, failed: 1, usage: 2, nothingToRun: 3 } as const

function seconds(value: string): number {
  const number = Number(value)
  if (!(number > 0)) throw new InvalidArgumentError('Give seconds above 0.')
  return number
}

export function agentCommand(): Command {
  const command = new Command('agent')
    .description('Run a Flume agent from its configuration file, in the foreground.')
    .helpOption('-h, --help', 'display help')
    .requiredOption('-n, --name <name>', 'name of the agent in the file')
    .option('-f, --conf-file <file>', 'configuration file; may be repeated, later files win', repeated)
    .option('-D, --define <key=value>', 'a system property, for ${sys:key} and flume.monitoring.*; may be repeated', repeated)
    .option('--work-dir <dir>', 'where positions and channels are kept (default: a folder of its own under your data folder)')
    .option('--no-reload-conf', 'do not look whether the file has changed')
    .option('-i, --poll-interval <seconds>', 'how often to look', seconds, 30)
    .option('-c, --conf <dir>', 'accepted as Flume does; nothing is read from it')
    .option('-C, --classpath <path>', 'accepted as Flume does; Millrace loads no Java classes')
    .option('-P, --plugins-path <dirs>', 'accepted as Flume does; Millrace loads no Java classes')
    .option('-b, --backup-directory <dir>', 'accepted as Flume does; the file is read where it is')
    .option('-d, --dryrun', 'list the problems of the file and start nothing')
  for (const [names, description] of otherPlaces) command.option(names, description)
  return command
    .addHelpText(
      'after',
      '\nLog lines go to stderr. SIGTERM or SIGINT stop the agent in order; nothing durable is lost.\n' +
        'Monitoring: -Dflume.monitoring.type=http -Dflume.monitoring.port=41414 serves /metrics (Flume’s JSON)\n' +
        'and /prometheus on 127.0.0.1 (flume.monitoring.host: elsewhere).\n' +
        'Exit code: 0 stopped by a signal, 1 failed, 2 wrong usage, 3 the file has nothing that could run.',
    )
    .action(async (flags: AgentFlags, command: Command) => {
      for (const [names, description] of otherPlaces) {
        const option = /--[\w-]+/.exec(names)![0]
        const given = command.options.find((each) => each.long === option)!
        if (command.getOptionValue(given.attributeName()) === undefined) continue
        command.error(`error: ${option} is ${description}. Give the file with --conf-file.`, usage)
      }
      const { confFile: files } = flags
      if (files === undefined) return command.error("error: required option '-f, --conf-file <file>' not specified", usage)
      const log = logLines({ clock: systemClock, write: (text) => process.stderr.write(text) })
      try {
        process.exitCode = await run(files, flags, log)
      } catch (error) {
        log.error(`The agent failed: ${messageOf(error)}`)
        process.exitCode = exitCodes.failed
      }
    })
}

const usage = { exitCode: exitCodes.usage }

async function run(files: readonly string[], flags: AgentFlags, log: Logger): Promise<number> {
  const registry = builtInRegistry()
  const defined = definedProperties(flags.define)
  const source: ConfigurationFileOptions = {
    files,
    agentName: flags.name,
    catalog: registry.definitions,
    env: process.env,
    systemProperties: defined,
    clock: systemClock,
  }
  if (flags.classpath !== undefined || flags.pluginsPath !== undefined)
    log.warn('Millrace loads no Java classes: -C and -P have no effect.')
  const { agent: configuration, problems } = await readConfiguration(source)
  logProblems(log, problems)
  if (configuration === undefined) return exitCodes.nothingToRun
  if (flags.dryrun === true) {
    const { creationProblems } = await import('../agent/creation-problems.ts')
    logProblems(log, creationProblems(configuration, { file: files.join(' + '), registry, clock: systemClock }))
    log.info(`Agent ${flags.name} would run.`)
    return exitCodes.stopped
  }
  const workDir = flags.workDir === undefined ? agentWorkDir(files, flags.name, process.env) : resolve(flags.workDir)
  const stopping = untilSignal(log)
  // In a place of the user's own it is for nobody else: channels hold what came from logs that not everybody may read.
  prepareWorkDir(workDir, flags.workDir === undefined ? 0o700 : 0o777)
  const agent = await startAgent(configuration, { clock: systemClock, log, workDir, registry })
  log.info(`Agent ${flags.name} runs.`, { workDir })
  const monitoring = await monitor(agent, defined, log)
  const watching = flags.reloadConf ? reloading(agent, source, flags.pollInterval * 1000, stopping, log) : undefined
  await new Promise<void>((resolve) => {
    if (stopping.aborted) resolve()
    else stopping.addEventListener('abort', () => resolve(), { once: true })
  })
  await watching
  await agent.stop()
  await monitoring?.stop()
  log.info(`Agent ${flags.name} has stopped.`)
  return exitCodes.stopped
}

/** Throws a sentence when positions and channels could not be kept there. */
function prepareWorkDir(workDir: string, mode: number): void {
  try {
    mkdirSync(workDir, { recursive: true, mode })
    accessSync(workDir, constants.W_OK)
  } catch (cause) {
    throw new MillraceError(
      'IO',
      `Positions and channels cannot be kept in ${workDir}: ${phraseOf(cause)}. Name another folder with --work-dir.`,
      { cause },
    )
  }
}

/** Aborts at the first SIGTERM or SIGINT; a second one ends the process at once. */
function untilSignal(log: Logger): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(name === 'SIGINT' ? 130 : 143)
      log.info(`${name}: stopping. Again to end at once.`)
      controller.abort()
    })
  }
  return controller.signal
}

async function monitor(
  agent: AgentHandle,
  properties: Readonly<Record<string, string>>,
  log: Logger,
): Promise<{ stop(): Promise<void> } | undefined> {
  const type = properties['flume.monitoring.type']
  if (type === undefined) return undefined
  if (type.toLowerCase() !== 'http') {
    log.error(`flume.monitoring.type = ${type} is not supported; use http.`)
    return undefined
  }
  const given = properties['flume.monitoring.port'] ?? '41414'
  const port = Number(given)
  if (!/^\d+$/.test(given) || port > 65_535) {
    log.error(`/metrics is not served: flume.monitoring.port = ${given} is not a port (0 to 65535).`)
    return undefined
  }
  const host = properties['flume.monitoring.host'] ?? '127.0.0.1'
  try {
    // Loaded when asked for: an agent without monitoring starts sooner.
    const { startHttpMetrics } = await import('../agent/instrumentation/http-metrics-server.ts')
    return await startHttpMetrics({ port, host, snapshot: () => agent.snapshot() })
  } catch (error) {
    log.error(`/metrics is not served: ${messageOf(error)}`)
    return undefined
  }
}

/** A new file with nothing that could run leaves the old graph running (rule reload-keeps-old). */
async function reloading(
  agent: AgentHandle,
  source: ConfigurationFileOptions,
  intervalMs: number,
  signal: AbortSignal,
  log: Logger,
): Promise<void> {
  await watchConfiguration({
    files: source.files,
    intervalMs,
    clock: systemClock,
    signal,
    onChange: async () => {
      log.info('The configuration has changed.')
      const { agent: configuration, problems } = await readConfiguration(source)
      logProblems(log, problems)
      if (configuration === undefined) log.error('The new configuration has nothing that could run; the old one goes on.')
      else await agent.reload(configuration)
    },
  })
}

function logProblems(log: Logger, problems: readonly Problem[]): void {
  for (const problem of problems) log[problem.severity === 'warning' ? 'warn' : problem.severity](problemLine(problem))
}
