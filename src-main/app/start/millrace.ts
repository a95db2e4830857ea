// `npm run -s millrace -- COMMAND …`: the command line from a checkout, built first when it is stale. Paths are those of the folder where it was typed.
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildIfStale } from './build-if-stale.ts'
import { stopWithNpm } from './stop-with-npm.ts'

const root = resolve(import.meta.dirname, '..', '..', '..')

stopWithNpm(process.env)
if (await buildIfStale(root, 'millrace')) {
  const cli = join(root, 'out', 'node', 'cli.js')
  process.chdir(process.env['INIT_CWD'] ?? process.cwd())
  process.argv[1] = cli
  await import(pathToFileURL(cli).href)
} else process.exitCode = 1
