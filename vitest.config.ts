// `npm test`: everything that needs nothing but `npm ci`. Suites that need a browser, Electron or Java have configurations of their own.
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  cacheDir: '.cache/vite',
  // Examples import the public names; in tests those are the sources.
  resolve: {
    alias: {
      'millrace/testing': fileURLToPath(new URL('src-main/streaming/testing.ts', import.meta.url)),
      millrace: fileURLToPath(new URL('src-main/streaming/api.ts', import.meta.url)),
    },
  },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/{e2e,electron,interop,reliability}/**', '**/node_modules/**'],
    globalSetup: ['test/driver/build-once.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // What other processes do in their own time, on a machine that may be busy.
    expect: { poll: { timeout: 30_000 } },
  },
})
