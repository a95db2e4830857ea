// `millrace validate FILE`: every problem of a configuration with its place, or what a real Flume would make of it.
import { Command } from 'commander'
import { asFlume, type FlumeVerdict } from '../../src-shared/flume/as-flume/as-flume.ts'
import { flumeDifferencesOf } from '../../src-shared/flume/flume-differences-of.ts'
import { agentNamed, loadConfiguration } from '../../src-shared/flume/load-configuration.ts'
import { inFileOrder, type Problem, problemLine } from '../../src-shared/flume/problem.ts'
import { decodeProperties } from '../../src-shared/flume/properties-bytes.ts'
import { runFilterCommand } from '../agent/configuration/filter-command.ts'
import { isReadable, readConfigurationFile } from '../agent/configuration/read-configuration-file.ts'
import { definedProperties, systemProperties } from '../agent/configuration/system-properties.ts'
import { creationProblems } from '../agent/creation-problems.ts'
import { keystoreOpens } from '../agent/network/open-keystore.ts'
import { systemClock } from '../clock.ts'
import type { Registry } from '../component/registry.ts'
import { asFlumeSentences } from './as-flume-sentences.ts'
import { repeated } from './repeated-option.ts'

interface ValidateFlags {
  readonly name?: string
  readonly json?: boolean
  readonly asFlume?: boolean
  readonly define?: readonly string[]
}

/** The command. `registry` is asked for when a configuration is looked at, so that `--help` loads no component. */
export function validateCommand(registry: () => Promise<Registry>): Command {
  return new Command('validate')
    .description('List every problem of a configuration with file, line and what to do.')
    .argument('<file>', 'a .properties file')
    .option('-n, --name <agent>', 'the agent that is meant; without it all of the file')
    .option('--json', 'one JSON value on standard output')
    .option(
      '--as-flume',
      'what a real Flume 1.11 would make of it; needs --name. Runs the commands of external configuration filters, as Flume does',
    )
    .option('-D, --define <key=value>', 'a system property, for ${sys:key}; may be repeated', repeated)
    .addHelpText('after', '\nExit code: 0 it runs (there may be warnings), 1 there are errors, 2 wrong usage.')
    .action(async (file: string, flags: ValidateFlags, command: Command) => {
      if (flags.asFlume === true && flags.name === undefined)
        command.error('error: --as-flume needs --name, the agent that Flume would be started for', { exitCode: 2 })
      process.exitCode = flags.asFlume === true ? validateAs(file, flags) : validate(file, flags, await registry())
    })
}

function validate(file: string, flags: ValidateFlags, registry: Registry): number {
  const bytes = readConfigurationFile(file)
  const { agents, problems } = bytes instanceof Uint8Array ? problemsOf(bytes, file, flags, registry) : { agents: [], problems: [bytes] }
  const count = (severity: Problem['severity']): number => problems.filter((problem) => problem.severity === severity).length
  const errors = count('error')
  if (flags.json === true) print(JSON.stringify({ file, agents, errors, warnings: count('warning'), problems }, null, 2))
  else {
    for (const problem of problems) print(problemLine(problem))
    const what = agents.length === 0 ? 'no agent that could run' : `${agents.length === 1 ? 'agent' : 'agents'} ${agents.join(', ')}`
    print(`${file}: ${what}; ${errors} errors, ${count('warning')} warnings`)
  }
  return errors === 0 ? 0 : 1
}

function problemsOf(
  bytes: Uint8Array,
  file: string,
  flags: ValidateFlags,
  registry: Registry,
): { agents: readonly string[]; problems: readonly Problem[] } {
  const decoded = decodeProperties(bytes)
  const environment = { env: process.env, systemProperties: systemProperties(definedProperties(flags.define)), now: new Date() }
  const loaded = loadConfiguration(decoded.text, { file, catalog: registry.definitions, encoding: decoded.encoding, ...environment })
  const problems: Problem[] = [...loaded.problems]
  const chosen = flags.name === undefined ? loaded.agents : loaded.agents.filter(({ name }) => name === flags.name)
  if (flags.name !== undefined) {
    const found = agentNamed(loaded, flags.name, file)
    if ('code' in found && found.code === 'AGENT_MISSING') problems.push(found)
  }
  for (const agent of chosen) {
    problems.push(...creationProblems(agent, { file, registry, clock: systemClock }))
    const verdict = asFlume(bytes, { agent: agent.name, ...environment, runFilterCommand: () => undefined })
    problems.push(...flumeDifferencesOf(agent, verdict, file, problems))
  }
  return { agents: chosen.map(({ name }) => name), problems: inFileOrder(problems) }
}

function validateAs(file: string, flags: ValidateFlags): number {
  const bytes = readConfigurationFile(file)
  // What a Flume does with a file that it cannot read is what it does with an empty one, but that would hide the reason.
  if (!(bytes instanceof Uint8Array)) {
    print(
      flags.json === true
        ? JSON.stringify({ parseFailure: 'java.io.IOException', parseFailureMessage: bytes.message })
        : problemLine(bytes),
    )
    return 1
  }
  const verdict = asFlume(bytes, {
    agent: flags.name!,
    env: process.env,
    systemProperties: systemProperties(definedProperties(flags.define)),
    now: new Date(),
    runFilterCommand,
    keystoreOpens,
    isReadable,
  })
  if (flags.json === true) print(JSON.stringify(verdict, null, 2))
  else for (const sentence of asFlumeSentences(verdict, flags.name!)) print(sentence)
  return runs(verdict) ? 0 : 1
}

function runs(verdict: FlumeVerdict): boolean {
  if ('parseFailure' in verdict || 'fatal' in verdict.instantiated) return false
  return verdict.instantiated.sources.length > 0 || Object.keys(verdict.instantiated.sinkRunners).length > 0
}

const print = (line: string): void => void process.stdout.write(`${line}\n`)
