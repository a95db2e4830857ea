// `npm run test:reliability`: kills everything, again and again. KILLS=N says how often the whole app (10 without it).
// `npm run test:reliability -- --kills N` is the agents' kill ledger alone (kill-ledger/run.ts).
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: join(import.meta.dirname, '..', '..'),
  cacheDir: '.cache/vite',
  test: {
    include: ['test/reliability/**/*.test.ts'],
    globalSetup: ['test/driver/build-once.ts'],
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 1_800_000,
    hookTimeout: 120_000,
  },
})
