// `npm test`: everything that needs nothing but `npm ci`. Suites that need a browser, Electron or Java have configurations of their own.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  cacheDir: '.cache/vite',
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/{e2e,electron,interop,reliability}/**', '**/node_modules/**'],
    globalSetup: ['test/driver/build-once.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
