// `npm run test:interop`: Millrace against a real Apache Flume 1.11, and a Spark 2.4.7, from Maven Central. Needs a JDK (17) and Maven.
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: join(import.meta.dirname, '..', '..'),
  cacheDir: '.cache/vite',
  test: {
    include: ['test/interop/**/*.test.ts'],
    globalSetup: [
      'test/driver/build-once.ts',
      'test/interop/real-flume-setup.ts',
      'test/interop/spark-bridge-setup.ts',
      'test/interop/real-hdfs-setup.ts',
    ],
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 600_000,
  },
})
