// What a real Flume 1.11 would make of a file: validity, surviving components with their parameters, its error list, what it would start.
// The answer has the shape of `expect` of the golden cases (test/conformance/flume).

import { flumeType } from '../flume-types.ts'
import { hashSetOrder } from '../java-hash-order.ts'
import { javaWords } from '../java-text.ts'
import type { ConfigureEnvironment } from './configure-sources.ts'
import { ConfigureError, type FlumeContext } from './flume-context.ts'
import { type FatalFailure, type InstantiatedAgent, instantiateAsFlume } from './instantiate-as-flume.ts'
import { type FlumeEnvironment, ParseFailure, readAsFlume } from './read-as-flume.ts'
import { type ConfigFilterFactory, type FlumeError, type ValidAgent, type ValidComponent, validateAsFlume } from './validate-as-flume.ts'

export interface AsFlumeOptions extends FlumeEnvironment, ConfigureEnvironment {
  /** The agent to look at (-n). */
  readonly agent: string
  /** Runs the command of an `external` configuration filter; its first line. Throws when it fails. */
  readonly runFilterCommand: (command: readonly string[]) => string | undefined
}

type Params = Readonly<Record<string, string>>

export interface FlumeComponents {
  readonly sources: Readonly<Record<string, { params: Params } | { stub: Params }>>
  readonly channels: Readonly<Record<string, { params: Params } | { stub: Params }>>
  readonly sinks: Readonly<Record<string, { params: Params } | { stub: Params }>>
  readonly sinkgroups: Readonly<Record<string, { sinks: readonly string[]; processor: Params }>>
}

export type FlumeVerdict =
  | { readonly parseFailure: string; readonly parseFailureMessage: string }
  | {
      readonly valid: boolean
      readonly agents?: readonly string[]
      readonly sources?: readonly string[]
      readonly channels?: readonly string[]
      readonly sinks?: readonly string[]
      readonly sinkgroups?: readonly string[]
      readonly configfilters?: readonly string[]
      readonly components?: FlumeComponents
      readonly errors?: readonly FlumeError[]
      readonly instantiated: InstantiatedAgent | FatalFailure
      /** Why something is gone, in Flume's words, by path (`a1.sinks.k1`). */
      readonly reasons?: Readonly<Record<string, string>>
    }

/** Never throws for anything in the file. */
export function asFlume(bytes: Uint8Array, options: AsFlumeOptions): FlumeVerdict {
  try {
    return verdict(bytes, options)
  } catch (error) {
    if (error instanceof ParseFailure) return { parseFailure: error.javaClass, parseFailureMessage: error.message }
    throw error
  }
}

function verdict(bytes: Uint8Array, options: AsFlumeOptions): FlumeVerdict {
  const properties = readAsFlume(bytes, options)
  if (properties === undefined) {
    const fatalMessage = 'Cannot invoke "org.apache.flume.conf.FlumeConfiguration.getConfigurationFor(String)" because "fconfig" is null'
    return { valid: false, instantiated: { fatal: 'java.lang.NullPointerException', fatalMessage } }
  }
  const { agents, errors, reasons } = validateAsFlume(properties, filterFactory(options))
  const allReasons = new Map(reasons)
  const agent = agents.get(options.agent)
  const shared = { agents: [...agents.keys()].sort(), errors: [...errors].sort(byFields) }
  if (agent === undefined) {
    return {
      valid: false,
      ...shared,
      instantiated: { channels: [], sources: [], sinkRunners: {} },
      reasons: Object.fromEntries(allReasons),
    }
  }
  // Instantiation changes contexts (spillablememory puts keys of its own), so the parameters are taken before.
  const components = componentsOf(agent)
  const instantiated = instantiateAsFlume(options.agent, agent, options, allReasons)
  return {
    valid: true,
    ...shared,
    sources: [...agent.sources.keys()].sort(),
    channels: [...agent.channels.keys()].sort(),
    sinks: [...agent.sinks.keys()].sort(),
    sinkgroups: [...agent.sinkGroups.keys()].sort(),
    configfilters: [...agent.configFilters].sort(),
    components,
    instantiated,
    reasons: Object.fromEntries(allReasons),
  }
}

function componentsOf(agent: ValidAgent): FlumeComponents {
  const described = (
    components: ReadonlyMap<string, ValidComponent>,
    wire: 'channel' | 'channels' | undefined,
  ): Record<string, { params: Params } | { stub: Params }> =>
    Object.fromEntries(
      [...components.values()].map(({ name, context, stub, writtenChannels }) => {
        if (!stub) return [name, { params: paramsOf(context) }]
        return [
          name,
          {
            stub: {
              type: context.get('type')!,
              ...(wire !== undefined && {
                [wire]: wire === 'channels' ? hashSetOrder(javaWords(writtenChannels!)).join(' ') : context.get(wire)!,
              }),
            },
          },
        ]
      }),
    )
  return {
    sources: described(agent.sources, 'channels'),
    channels: described(agent.channels, undefined),
    sinks: described(agent.sinks, 'channel'),
    sinkgroups: Object.fromEntries(
      [...agent.sinkGroups].map(([name, group]) => [name, { sinks: [...group.sinks].sort(), processor: paramsOf(group.processor) }]),
    ),
  }
}

const paramsOf = (context: FlumeContext): Params => Object.fromEntries([...context.parameters].sort(([a], [b]) => (a < b ? -1 : 1)))

/** ConfigFilterFactory: alias in any case or exact class name. */
function filterFactory({ env, runFilterCommand }: AsFlumeOptions): ConfigFilterFactory {
  return (name, type, context) => {
    const known = flumeType('configFilter', type)?.alias
    if (known === 'env') return { name, filter: (key) => env[key] }
    if (known !== 'external') throw new ConfigureError(`Unable to load configfilter type: ${type}`)
    const command = context.get('command')
    if (command === undefined) throw new ConfigureError('command must be set for ExternalProcessConfigFilter')
    return { name, filter: (key) => answer(runFilterCommand, [...command.split(/\s+/), key]) }
  }
}

/** A command that fails answers nothing: the token stays. */
function answer(run: AsFlumeOptions['runFilterCommand'], command: readonly string[]): string | undefined {
  try {
    return run(command)
  } catch {
    return undefined
  }
}

function byFields(a: FlumeError, b: FlumeError): number {
  const fields = (error: FlumeError): string => [error.component, error.key, error.type, error.severity].join('\0')
  return fields(a) < fields(b) ? -1 : fields(a) > fields(b) ? 1 : 0
}
