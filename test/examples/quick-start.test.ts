// The README's quick example, run as it stands there, on a port and in a folder of the test's own.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { entryPoint } from '../../src-main/entry-point.ts'
import { freePort } from '../driver/free-port.ts'
import { startMillrace } from '../driver/millrace-process.ts'
import { temporaryFolder } from '../driver/temporary-folder.ts'
import { until } from '../driver/until.ts'

const root = join(import.meta.dirname, '..', '..')
const blocks = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/```sh\n([\s\S]*?)```/g)].map((match) => match[1]!)
const block = blocks.find((text) => text.includes('avro-client'))

test('what avro-client sends in the README’s quick example is what tail shows', async () => {
  const port = await freePort()
  const folder = temporaryFolder()
  const own = (text: string): string => text.replaceAll('41414', `${port}`).replaceAll('/tmp/millrace-received', join(folder, 'received'))
  const [mkdir, agent, client, tail, ...rest] = own(block!).trim().split('\n')
  expect(rest).toEqual([])

  execFileSync('sh', ['-c', mkdir!])
  const [, file] = /^npm run -s millrace -- agent -n a1 -f (\S+) &$/.exec(agent!)!
  const copy = join(folder, 'agent.properties')
  writeFileSync(copy, own(readFileSync(join(root, file!), 'utf8')))
  startMillrace(['agent', '-n', 'a1', '-f', copy, '--work-dir', join(folder, 'state')])
  const millrace = `'${process.execPath}' '${entryPoint('cli')}'`
  execFileSync('sh', ['-c', client!.replace('npm run -s millrace --', millrace)], { stdio: 'ignore' })
  const [, shown] = /^tail -f (\S+)\/\*$/.exec(tail!)!
  await until('the line is in the file', () =>
    readdirSync(shown!).some((name) => readFileSync(join(shown!, name), 'utf8') === 'Hello, pipeline\n'),
  )
})
