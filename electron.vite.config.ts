// Builds the window's side: Electron main and preload (CommonJS, which every Electron loads) and the renderer. The engine, the command
// line and the programs' API are built by vite.node.config.ts as ES modules for the Node that the project brings.
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'

const cjs = { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: 'chunks/[name]-[hash].cjs' } as const

export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      target: 'node16',
      externalizeDeps: false,
      rollupOptions: { input: { app: 'src-main/app/main.ts' }, output: cjs },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      target: 'node16',
      externalizeDeps: false,
      rollupOptions: { input: { preload: 'src-main/preload/preload.ts' }, output: cjs },
    },
  },
  renderer: {
    root: 'src-renderer',
    base: './',
    plugins: [react()],
    build: { outDir: 'out/renderer', target: 'chrome108', rollupOptions: { input: 'src-renderer/index.html' } },
  },
})
