// `millrace stream --run-agent`: the agent whose channels or receivers a program uses runs in the same process, started before the program
// and stopped after it.
import { MillraceError } from '../../src-shared/errors.ts'
import { problemLine } from '../../src-shared/flume/problem.ts'
import type { AgentHandle } from '../agent/agent.ts'
import { systemClock } from '../clock.ts'
import type { Logger } from '../log.ts'
import type { NamedAgent } from './stream-channels.ts'

/** BAD_CONFIGURATION when the files have no such agent that could run. */
export async function startBesideAgent({ files, name, workDir }: NamedAgent, log: Logger): Promise<AgentHandle> {
  // Most streams run without: the components are loaded only for this.
  const [{ startAgent }, { readConfiguration }, { builtInRegistry }] = await Promise.all([
    import('../agent/agent.ts'),
    import('../agent/lifecycle/configuration-file.ts'),
    import('../component/registry.ts'),
  ])
  const registry = builtInRegistry()
  const { agent, problems } = await readConfiguration({
    files,
    agentName: name,
    catalog: registry.definitions,
    env: process.env,
    systemProperties: {},
    clock: systemClock,
  })
  for (const problem of problems) log[problem.severity === 'error' ? 'error' : 'warn'](problemLine(problem))
  if (agent === undefined) throw new MillraceError('BAD_CONFIGURATION', `${files.join(', ')} has no agent ${name} that could run.`)
  return await startAgent(agent, { clock: systemClock, log, workDir, registry })
}
