// `npm run test:electron`: needs Debian's packages named in README.md of this folder's parent's docs (docs/testing.md) and PyPI.
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: join(import.meta.dirname, '..', '..'),
  cacheDir: '.cache/vite',
  test: {
    include: ['test/electron/**/*.test.ts'],
    globalSetup: ['test/electron/build-all.ts'],
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
})
