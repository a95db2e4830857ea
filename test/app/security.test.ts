import { join, sep } from 'node:path'
import { expect, test, vi } from 'vitest'

// The modules import Electron's API, which exists only in its runtime; nothing of it is called here.
vi.mock('electron', () => ({ app: {}, ipcMain: {} }))

const { externalAddress } = await import('../../src-main/app/security.ts')
const { fileFor } = await import('../../src-main/app/page-protocol.ts')
const { contentSecurityPolicy } = await import('../../src-main/page-files.ts')

const folder = `${sep}out${sep}renderer`

test('addresses of the page name files below its folder and nothing else', () => {
  expect(fileFor(folder, 'app://millrace/')).toBe(join(folder, 'index.html'))
  expect(fileFor(folder, 'app://millrace/assets/a.js?x#y')).toBe(join(folder, 'assets', 'a.js'))
  for (const bad of ['../main/app.cjs', '..%2fmain%2fx.js', '%2e%2e/x.js', '..%5cx.js', 'a%00.js', '%E0%A4%A', 'x.db', 'x']) {
    const file = fileFor(folder, `app://millrace/${bad}`)
    expect(file === undefined || file.startsWith(folder + sep), bad).toBe(true)
  }
  expect(fileFor(folder, 'app://elsewhere/index.html')).toBeUndefined()
})

test('only https and mailto lead out of the app, and never with a password', () => {
  expect(externalAddress('https://example.org/a')).toHaveProperty('url')
  expect(externalAddress('mailto:a@example.org')).toHaveProperty('url')
  for (const bad of [
    'http://example.org',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'smb://host/x',
    'https://me:secret@example.org',
    'no address',
  ]) {
    expect(externalAddress(bad)).toHaveProperty('refusal')
  }
})

test('the content security policy allows nothing inline and nothing from elsewhere', () => {
  expect(contentSecurityPolicy).not.toContain('unsafe')
  expect(contentSecurityPolicy).toContain("default-src 'none'")
  expect(contentSecurityPolicy).not.toMatch(/https?:|\*/)
})
