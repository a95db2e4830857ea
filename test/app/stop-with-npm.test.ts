// What `npm run` starts, when npm is told to end: npm ends the shell between, and nothing else.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { entryPoint } from '../../src-main/entry-point.ts'
import { isAlive } from '../driver/millrace-process.ts'
import { temporaryFolder } from '../driver/temporary-folder.ts'
import { until } from '../driver/until.ts'

const root = join(import.meta.dirname, '..', '..')

/** The shell as npm starts it, in a group of its own, with an agent below. */
function belowShell(env: NodeJS.ProcessEnv): { shell: ChildProcess; text: () => string; agent: () => number } {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'out'))
  const file = join(folder, 'agent.properties')
  writeFileSync(
    file,
    `a1.sources = r1
a1.channels = c1
a1.sources.r1.type = seq
a1.sources.r1.totalEvents = 1
a1.sources.r1.channels = c1
a1.channels.c1.type = memory
`,
  )
  // As src-main/app/start/millrace.ts does, without building anything beside other tests.
  const start = join(folder, 'start.mjs')
  const cli = entryPoint('cli')
  writeFileSync(
    start,
    `import { stopWithNpm } from ${JSON.stringify(pathToFileURL(join(root, 'src-main/app/start/stop-with-npm.ts')).href)}
stopWithNpm(process.env)
process.argv[1] = ${JSON.stringify(cli)}
await import(${JSON.stringify(pathToFileURL(cli).href)})
`,
  )
  const command = `'${process.execPath}' '${start}' agent -n a1 -f '${file}' --work-dir '${join(folder, 'work')}' & echo "pid $!"; wait`
  const shell = spawn('sh', ['-c', command], { cwd: root, detached: true, env: { ...process.env, ...env } })
  let text = ''
  for (const stream of [shell.stdout!, shell.stderr!]) stream.setEncoding('utf8').on('data', (more: string) => (text += more))
  const agent = (): number => Number(/pid (\d+)/.exec(text)![1])
  onTestFinished(() => {
    if (isAlive(agent())) process.kill(agent(), 'SIGKILL')
  })
  return { shell, text: () => text, agent }
}

test.skipIf(process.platform === 'win32')('stops in order when the shell that npm started is gone', async () => {
  const { shell, text, agent } = belowShell({ npm_lifecycle_event: 'millrace' })
  await until('the agent runs', () => text().includes('Agent a1 runs.'))
  shell.kill('SIGTERM')
  await until('the agent has stopped', () => text().includes('Agent a1 has stopped.'))
  await until('its process is gone', () => !isAlive(agent()))
})

test.skipIf(process.platform === 'win32')('takes a signal to the whole group for one: it stops in order', async () => {
  const { shell, text, agent } = belowShell({ npm_lifecycle_event: 'millrace' })
  await until('the agent runs', () => text().includes('Agent a1 runs.'))
  process.kill(-shell.pid!, 'SIGTERM')
  await until('its process is gone', () => !isAlive(agent()))
  expect(text()).toContain('Agent a1 has stopped.')
})
