// Makes a product folder out of the built main process and preload script, with the link page in place of the window and the contract
// stub in place of the engine.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vite'
import { root } from '../driver.ts'

export async function buildStubProduct(folder: string): Promise<void> {
  mkdirSync(join(folder, 'out'), { recursive: true })
  for (const part of ['main', 'preload']) cpSync(join(root, 'out', part), join(folder, 'out', part), { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'millrace', version: '0.0.0', main: 'out/main/app.cjs' }))
  await buildOne('link-page.ts', { file: join(folder, 'out', 'renderer', 'page.js'), format: 'es', target: 'chrome108' })
  writeFileSync(
    join(folder, 'out', 'renderer', 'index.html'),
    '<!doctype html><title>Link</title><script type="module" src="./page.js"></script>',
  )
  await buildOne('stub-engine.ts', { file: join(folder, 'out', 'node', 'engine.js'), format: 'cjs', target: 'node16' })
  // entryPoint() knows the folder of built entries by this one.
  writeFileSync(join(folder, 'out', 'node', 'cli.js'), '')
}

async function buildOne(
  source: string,
  output: { readonly file: string; readonly format: 'es' | 'cjs'; readonly target: string },
): Promise<void> {
  const node = output.format === 'cjs'
  await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: {
      ssr: node,
      target: output.target,
      outDir: join(output.file, '..'),
      emptyOutDir: true,
      rollupOptions: {
        input: join(import.meta.dirname, source),
        output: { format: output.format, entryFileNames: output.file.split('/').at(-1)! },
      },
    },
    ssr: { target: 'node', noExternal: true },
  })
}
