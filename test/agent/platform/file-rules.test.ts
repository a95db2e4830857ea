import { describe, expect, test } from 'vitest'
import { fileRules } from '../../../src-main/agent/platform/file-rules.ts'
import { replaceFile } from '../../../src-main/agent/platform/replace-file.ts'
import { javaRegexWhole } from '../../../src-shared/regex/java-regex.ts'

describe('a taildir group’s path', () => {
  test.each([
    ['linux', '/var/log/app/.*\\.log', '/var/log/app', '.*\\.log', 'a.log'],
    ['linux', '/var/log\\x/a', '/var/log\\x', 'a', 'a'],
    ['darwin', '/Users/x/Library/Logs/.*', '/Users/x/Library/Logs', '.*', 'a b'],
    ['win32', 'C:/logs/app/.*\\.log', 'C:\\logs\\app', '.*\\.log', 'app.log'],
    ['win32', 'C:\\logs\\app\\.*\\.log', 'C:\\logs\\app', '.*\\.log', 'app.log'],
    ['win32', 'C:\\Program Files (x86)\\app\\.*\\.log', 'C:\\Program Files (x86)\\app', '.*\\.log', 'a.log'],
    ['win32', 'C:\\logs\\app.log', 'C:\\logs', 'app.log', 'app.log'],
    ['win32', 'D:\\.*\\.log', 'D:\\', '.*\\.log', 'x.log'],
    ['win32', 'D:/\\d+\\.log', 'D:\\', '\\d+\\.log', '12.log'],
    ['win32', '\\\\server\\share\\logs\\(a|b)\\.log', '\\\\server\\share\\logs', '(a|b)\\.log', 'b.log'],
    ['win32', '//server/share/logs/\\w+', '\\\\server\\share\\logs', '\\w+', 'b'],
  ] as const)('on %s %s is %s and the expression %s', (platform, path, directory, names, name) => {
    const split = fileRules(platform).splitPattern(path)
    expect(split).toEqual({ directory, names })
    expect(javaRegexWhole(split.names).test(name)).toBe(true)
  })
})

test('paths are written as Java writes them: idle slashes go, dots stay', () => {
  const { absolute, pathIn } = fileRules('linux')
  expect(absolute('/var//log/../log/')).toBe('/var/log/../log')
  expect(absolute('logs')).toBe(`${process.cwd()}/logs`)
  expect(absolute('/')).toBe('/')
  expect(pathIn('/var/./log', 'a.log')).toBe('/var/./log/a.log')
  expect(pathIn('/', 'a.log')).toBe('/a.log')
  expect(fileRules('win32').pathIn('C:\\logs', 'a.log')).toBe('C:\\logs\\a.log')
})

test('two spellings are one file in any case on Windows and macOS, with either slash on Windows, composed or not on macOS, and nowhere else', () => {
  const same = (platform: NodeJS.Platform, a: string, b: string): boolean => fileRules(platform).samePath(a, b)
  expect(same('win32', 'C:\\Logs\\App.log', 'c:/logs/app.LOG')).toBe(true)
  expect(same('win32', 'C:\\logs\\..\\logs\\a', 'C:\\logs\\a')).toBe(true)
  expect(same('win32', 'C:\\a', 'D:\\a')).toBe(false)
  expect(same('darwin', '/Users/J/\u00fc.log', '/users/j/u\u0308.log')).toBe(true)
  expect(same('darwin', '/a\\b', '/a/b')).toBe(false)
  expect(same('linux', '/a/B', '/a/b')).toBe(false)
})

test('a file is known by volume and file index; without indexes by its path', () => {
  const windows = fileRules('win32')
  // File indexes of NTFS do not fit a double.
  expect(windows.identityOf({ dev: 0xabcd1234n, ino: 0x0123456789abcdefn }, 'C:\\a')).toBe(`${0xabcd1234}:81985529216486895`)
  const none = { dev: 7n, ino: 0n }
  expect(windows.identityOf(none, 'Z:\\Logs\\A.log')).toBe(windows.identityOf(none, 'z:/logs/a.LOG'))
  expect(windows.identityOf(none, 'Z:\\a')).not.toBe(windows.identityOf(none, 'Z:\\b'))
})

describe('replacing a file', () => {
  const failing = (times: number, code: string) => {
    let calls = 0
    const rename = (): void => {
      if (calls++ < times) throw Object.assign(new Error(code), { code })
    }
    return { rename, calls: () => calls }
  }

  test('on Windows is tried again while somebody has the file open', () => {
    const { calls, rename } = failing(2, 'EPERM')
    replaceFile('a', 'b', 'win32', rename)
    expect(calls()).toBe(3)
  })

  test('gives up when it stays open, and at once for any other reason or system', () => {
    const busy = failing(1000, 'EBUSY')
    expect(() => replaceFile('a', 'b', 'win32', busy.rename)).toThrow('EBUSY')
    expect(busy.calls()).toBe(20)
    const missing = failing(1000, 'ENOENT')
    expect(() => replaceFile('a', 'b', 'win32', missing.rename)).toThrow('ENOENT')
    expect(missing.calls()).toBe(1)
    const linux = failing(1000, 'EPERM')
    expect(() => replaceFile('a', 'b', 'linux', linux.rename)).toThrow('EPERM')
    expect(linux.calls()).toBe(1)
  })
})
