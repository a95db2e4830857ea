// The command line. Start-up is kept short: only the module of the command that was named is loaded.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { Command } from 'commander'
import { MillraceError, messageOf } from '../../src-shared/errors.ts'
import { goneCommand, withoutJvmOptions } from './flume-ng.ts'
import { requireNode } from './needed-node.ts'
import { version } from './version.ts'

interface Listed {
  readonly summary: string
  readonly load: () => Promise<Command>
}

/** Every command: name → what `--help` says, and where it is. */
const commands: Readonly<Record<string, Listed>> = {
  agent: {
    summary: 'Run a Flume agent from its configuration file, in the foreground.',
    load: async () => (await import('./agent-command.ts')).agentCommand(),
  },
  serve: {
    summary: 'Open the workbench in a browser, on this machine or over SSH.',
    load: async () => (await import('./serve-command.ts')).serveCommand(),
  },
  validate: {
    summary: 'List every problem of a configuration, or what a real Flume would make of it.',
    load: async () => {
      const { validateCommand } = await import('./validate-command.ts')
      return validateCommand(async () => (await import('../component/registry.ts')).builtInRegistry())
    },
  },
  'avro-client': {
    summary: 'Send lines to an Avro source.',
    load: async () => (await import('./avro-client-command.ts')).avroClientCommand(),
  },
  components: {
    summary: 'List the components that pipelines can be built of.',
    load: async () => (await import('./components-command.ts')).componentsCommand(),
  },
  stream: {
    summary: 'Run a stream program, in the foreground: micro-batches over the channels of an agent.',
    load: async () => (await import('./stream-command.ts')).streamCommand(),
  },
  tsconfig: {
    summary: 'Make editors know the types of stream programs in a folder: writes its tsconfig.json.',
    load: async () => (await import('./tsconfig-command.ts')).tsconfigCommand(),
  },
  batch: {
    summary: 'Past batches of streams: list, show, replay.',
    load: async () => (await import('./batch-command.ts')).batchCommand(),
  },
  'dead-letters': {
    summary: 'Events that sinks set aside: list, show, replay.',
    load: async () => (await import('./dead-letters-command.ts')).deadLettersCommand(),
  },
  channel: {
    summary: 'Look at durable channels: list, show, check, repair.',
    load: async () => (await import('./channel-command.ts')).channelCommand(),
  },
}

const exitCodes = `
\`millrace FILE…\` opens logs, pipelines and stream programs: it is short for \`millrace serve FILE…\`.
Exit codes: 0 done, 1 it failed (the message says why), 2 wrong usage.
\`millrace COMMAND --help\` says more about a command.`

async function main(): Promise<void> {
  const program = new Command('millrace')
    .description('A workbench for log pipelines: Flume agents, micro-batches, and a window into every batch.')
    .version(version, '-V, --version')
    .helpOption('-h, --help', 'display help')
    .helpCommand(false)
    .showHelpAfterError('(millrace --help lists the commands)')
    .addHelpText('after', exitCodes)
  const args = asFlumeNg(process.argv.slice(2))
  // `millrace some.log` opens it.
  if (args[0] !== undefined && !args[0].startsWith('-') && !Object.hasOwn(commands, args[0])) {
    if (existsSync(args[0])) args.unshift('serve')
    // A command has neither dot nor slash.
    else if (/[./\\]/.test(args[0]))
      throw new MillraceError('BAD_ARGUMENT', `There is no file ${resolve(args[0])}. \`millrace --help\` lists the commands.`)
  }
  const named = args[0]
  for (const [name, { summary, load }] of Object.entries(commands)) {
    if (name === named) program.addCommand(await loaded(load))
    else program.command(name, { hidden: false }).description(summary)
  }
  exitWith2ForUsage(program)
  await program.parseAsync(args, { from: 'user' })
}

function loaded(load: Listed['load']): Promise<Command> {
  requireNode(process.versions.node)
  return load()
}

/** Words of flume-ng as ours, with what it would say of them. Ends the process where it would. */
function asFlumeNg([name, ...rest]: readonly string[]): string[] {
  if (name === undefined) return []
  if (name === 'help') return rest[0] === undefined ? ['--help'] : [rest[0], '--help']
  if (name === 'version' && rest.length === 0) return ['--version']
  const answer = existsSync(name) ? undefined : goneCommand(name)
  if (answer !== undefined) {
    process.stderr.write(answer)
    process.exit(1)
  }
  if (name === 'node') process.stderr.write('Warning: The "node" command is deprecated. Please use "agent" instead.\n')
  const command = name === 'node' ? 'agent' : name
  if (command !== 'agent' && command !== 'avro-client') return [name, ...rest]
  const { args, ignored } = withoutJvmOptions(rest)
  if (ignored.length > 0) process.stderr.write(`Warning: There is no JVM here; without effect: ${ignored.join(' ')}\n`)
  return [command, ...args]
}

/** What the operating system would not do (a full disk, a missing right) is no defect: its own words say which call and which file. */
const isRefusal = (error: Error): boolean => 'syscall' in error

/** Commander's own errors (unknown option, missing argument) exit with 2; help and version with 0. */
function exitWith2ForUsage(command: Command): void {
  command.exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  for (const child of command.commands) exitWith2ForUsage(child)
}

try {
  await main()
} catch (error) {
  const code = error instanceof MillraceError ? error.code : 'INTERNAL'
  const text = code === 'INTERNAL' && error instanceof Error && !isRefusal(error) ? (error.stack ?? error.message) : messageOf(error)
  process.stderr.write(`millrace: ${text}\n`)
  process.exitCode = code === 'BAD_ARGUMENT' ? 2 : 1
}
