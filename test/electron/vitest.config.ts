// `npm run test:electron`: the desktop face on a real Electron under Xvfb. The runtime comes from PyPI (get-electron.sh, which names what it needs).
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
