// Builds everything that runs in plain Node: one ES module per process, thread or public entry (src-main/entry-point.ts names them).
// Packages are bundled (a command starts faster from one file), except the drivers of SQLite and DuckDB, which are native.
import { defineConfig } from 'vite'
import { entries } from './src-main/entry-point.ts'

export default defineConfig({
  cacheDir: '.cache/vite',
  publicDir: false,
  build: {
    ssr: true,
    target: 'node24',
    outDir: process.env['MILLRACE_OUT'] ?? 'out/node',
    emptyOutDir: true,
    minify: false,
    sourcemap: true,
    rollupOptions: {
      input: { ...entries },
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
  ssr: { target: 'node', noExternal: true, external: ['better-sqlite3', 'electron', '@duckdb/node-api'] },
})
