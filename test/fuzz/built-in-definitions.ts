// Every component of the product without a build: the folders that the registry's glob names.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AnyDefinition } from '../../src-main/component/define.ts'
import { registryOf } from '../../src-main/component/registry.ts'

const agent = join(import.meta.dirname, '../../src-main/agent')
const folders = ['source', 'channel', 'sink', 'interceptor', 'selector', 'serialization', 'sink-processor']

export async function builtInDefinitions(): Promise<ReturnType<typeof registryOf>['definitions']> {
  const files = folders.flatMap((folder) =>
    readdirSync(join(agent, folder))
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
      .map((file) => join(agent, folder, file)),
  )
  const modules = (await Promise.all(files.map((file) => import(pathToFileURL(file).href)))) as Record<string, unknown>[]
  return registryOf(modules.flatMap((module) => (module['definition'] === undefined ? [] : [module['definition'] as AnyDefinition])))
    .definitions
}
