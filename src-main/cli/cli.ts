// The command line's entry: one command per file, loaded when it is asked for, so that each starts as fast as it can alone.
import { Command, type CommanderError } from 'commander'

interface CommandEntry {
  readonly summary: string
  readonly load: () => Promise<Command>
}

/** Every command of `millrace`. */
const commands: Readonly<Record<string, CommandEntry>> = {
  validate: {
    summary: 'list every problem of a configuration, or what a real Flume would make of it',
    load: async () => {
      const { validateCommand } = await import('./validate-command.ts')
      return validateCommand(async () => (await import('../component/registry.ts')).builtInRegistry().catalog)
    },
  },
  'avro-client': {
    summary: 'send lines to an Avro source',
    load: async () => (await import('./avro-client-command.ts')).avroClientCommand(),
  },
}

const usageExitCode = 2

async function main(args: readonly string[]): Promise<void> {
  const program = new Command('millrace').description('A workbench for log pipelines.').exitOverride((error: CommanderError) => {
    process.exit(error.exitCode === 0 ? 0 : usageExitCode)
  })
  const asked = args.find((arg) => !arg.startsWith('-')) ?? ''
  for (const [name, entry] of Object.entries(commands)) {
    const command = name === asked ? await entry.load() : new Command(name).description(entry.summary)
    program.addCommand(command.copyInheritedSettings(program))
  }
  await program.parseAsync([...args], { from: 'user' })
}

await main(process.argv.slice(2))
