// The verdict of a real Flume in sentences, for a terminal.
import type { FlumeVerdict } from '../../src-shared/flume/as-flume/as-flume.ts'

export function asFlumeSentences(verdict: FlumeVerdict, agent: string): string[] {
  if ('parseFailure' in verdict)
    return [`A real Flume 1.11 does not read this file: ${verdict.parseFailure}: ${verdict.parseFailureMessage}`]
  const lines: string[] = []
  const { instantiated } = verdict
  if ('fatal' in instantiated)
    lines.push(`A real Flume 1.11 runs nothing: ${instantiated.fatal}: ${instantiated.fatalMessage} (it ends with status 0).`)
  else if (!verdict.valid) lines.push(`A real Flume 1.11 has no valid agent ${agent} in this file; it stays up and runs nothing.`)
  else {
    lines.push(`A real Flume 1.11 starts of agent ${agent}:`)
    lines.push(`  channels ${instantiated.channels.join(' ') || 'none'}`)
    lines.push(`  sources ${instantiated.sources.join(' ') || 'none'}`)
    const runners = Object.entries(instantiated.sinkRunners).map(
      ([name, { processor, sinks }]) => `${name} (${processor}: ${sinks.join(' ')})`,
    )
    lines.push(`  sink runners ${runners.join(', ') || 'none'}`)
  }
  for (const [path, reason] of Object.entries(verdict.reasons ?? {})) lines.push(`${path}: gone: ${reason}`)
  for (const { component, key, type, severity } of verdict.errors ?? [])
    lines.push(`${severity} ${type} ${component}${key === '' ? '' : ` ${key}`}`)
  return lines
}
