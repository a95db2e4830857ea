// What a person does in a folder of their own: a program, and its test with `millrace/testing`, run by the package as it is built.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../..')

const program = `import { seconds, StreamingContext } from 'millrace'
const ssc = new StreamingContext({ appName: 'count', batchDuration: seconds(1) })
ssc.channelStream('c1').text().filter((line) => line.includes('x')).count().print()
ssc.start()
await ssc.awaitTermination()
`

const programTest = `import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock, StreamingTestDriver } from 'millrace/testing'

test('counts lines with x', async () => {
  const driver = new StreamingTestDriver()
  const channel = driver.channel('c1')
  await driver.load(() => import('./program.ts'))
  channel.push('x1', 'y', 'x2')
  await driver.advance()
  assert.equal(driver.stdout(), \`\${'-'.repeat(43)}\\nTime: 1000 ms\\n\${'-'.repeat(43)}\\n2\\n\\n\`)
  assert.equal(new ManualClock(5).now(), 5)
  await driver.stop()
})
`

test('millrace/testing drives a program of a person’s own folder, and its types fit', () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-own-folder-'))
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(root, join(folder, 'node_modules', 'millrace'), 'junction')
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder, 'program.ts'), program)
  writeFileSync(join(folder, 'program.test.ts'), programTest)
  // Node tells its children of a test run to speak in a form of its own.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const run = spawnSync(process.execPath, ['--test', '--test-reporter=tap', 'program.test.ts'], { cwd: folder, env, encoding: 'utf8' })
  expect(run.stdout).toContain('ok 1 - counts lines with x')
  expect(run.status).toBe(0)

  const compilerOptions = {
    module: 'nodenext',
    target: 'es2024',
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts', 'program.test.ts'] }))
  const types = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], { encoding: 'utf8' })
  expect(types.stdout).toBe('')
  expect(types.status).toBe(0)
  rmSync(folder, { recursive: true, force: true })
})
