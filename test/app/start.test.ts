import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { appArguments, handedOver } from '../../src-main/app/app-arguments.ts'
import { findElectronRuntime, missingDisplay } from '../../src-main/app/start/electron-runtime.ts'
import { faceArguments, startArguments } from '../../src-main/app/start/start-arguments.ts'
import { temporaryFolder } from '../driver/temporary-folder.ts'

function folderWithLog(): string {
  const folder = join(temporaryFolder(), 'with a blank')
  mkdirSync(folder)
  writeFileSync(join(folder, 'some.log'), 'x\n')
  return folder
}

test('names are those of the folder where the person stands, and reach both faces as absolute paths', () => {
  const folder = folderWithLog()
  const parsed = startArguments(['some.log', '--demo', '--workspace', 'w'], folder)
  expect(parsed).toMatchObject({ demo: true, browser: false, files: [join(folder, 'some.log')], workspace: join(folder, 'w') })
  const face = faceArguments(parsed)
  expect(appArguments(face, '/')).toEqual({ demo: true, files: [join(folder, 'some.log')], workspace: join(folder, 'w') })
})

test('a file that is not there, a folder and an unknown option are each a sentence', () => {
  const folder = folderWithLog()
  expect(() => startArguments(['nope.log'], folder)).toThrow(`There is no file ${join(folder, 'nope.log')}.`)
  expect(() => startArguments(['.'], folder)).toThrow('is a folder. Name a log file in it.')
  expect(() => startArguments(['--dmeo'], folder)).toThrow("Unknown option '--dmeo'")
})

test('the app passes over switches of the runtime and its own folder', () => {
  const folder = folderWithLog()
  const argv = ['--inspect=0', '--no-sandbox', folder, 'some.log', 'nope.log', '--workspace=w']
  expect(appArguments(argv, folder)).toEqual({ demo: false, files: [join(folder, 'some.log')], workspace: join(folder, 'w') })
})

test('what a second start hands over is taken only in its own shape', () => {
  expect(handedOver({ demo: false, files: ['/a'] })).toEqual({ demo: false, files: ['/a'] })
  expect(handedOver({ demo: 'yes', files: [] })).toBeUndefined()
  expect(handedOver(null)).toBeUndefined()
})

test('a runtime is found where ELECTRON_OVERRIDE_DIST_PATH names it, with its version, and not invented', () => {
  const dist = temporaryFolder()
  expect(findElectronRuntime('/nowhere', { ELECTRON_OVERRIDE_DIST_PATH: dist }, 'linux')).toBeUndefined()
  writeFileSync(join(dist, 'electron'), '#!/bin/sh\necho 22.3.25\n')
  chmodSync(join(dist, 'electron'), 0o755)
  if (process.platform === 'linux') {
    expect(findElectronRuntime('/nowhere', { ELECTRON_OVERRIDE_DIST_PATH: dist }, 'linux')).toEqual({
      executable: join(dist, 'electron'),
      major: 22,
    })
  }
  writeFileSync(join(dist, 'version'), '45.4.1')
  expect(findElectronRuntime('/nowhere', { ELECTRON_OVERRIDE_DIST_PATH: dist }, 'linux')?.major).toBe(45)
})

test('a Linux without a display is told, other systems have one', () => {
  expect(missingDisplay({}, 'linux')).toContain('no display')
  expect(missingDisplay({ DISPLAY: ':0' }, 'linux')).toBeUndefined()
  expect(missingDisplay({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux')).toBeUndefined()
  expect(missingDisplay({}, 'darwin')).toBeUndefined()
})

test('npm start --help and a wrong argument end before anything is built', () => {
  const start = join(import.meta.dirname, '..', '..', 'src-main', 'app', 'start', 'start.ts')
  expect(execFileSync(process.execPath, [start, '--help'], { encoding: 'utf8' })).toContain('Usage: npm start -- ')
  expect(() => execFileSync(process.execPath, [start, 'nope.log'], { stdio: 'pipe' })).toThrow(/There is no file/)
})
