// What is said to each system's tool, and what is made of its answers. On Linux it was run against gnome-keyring itself.
import { describe, expect, test } from 'vitest'
import { type RunTool, systemKeychain, type ToolResult } from '../../src-main/storage/keychain.ts'

function tool(answer: Partial<ToolResult>) {
  const calls: { file: string; args: readonly string[]; input: string }[] = []
  const run: RunTool = (file, args, input) => {
    calls.push({ file, args, input })
    return { code: 0, stdout: '', stderr: '', ...answer }
  }
  return { run, calls }
}

const platforms = [
  ['darwin', 'security', { code: 44, stderr: 'The specified item could not be found in the keychain.' }],
  ['linux', 'secret-tool', { code: 1 }],
  ['win32', 'powershell.exe', { stdout: '\r\n' }],
] as const

describe.each(platforms)('on %s', (platform, file, nothing) => {
  test('a secret is what the tool prints', () => {
    const { run, calls } = tool({ stdout: 'abc123\n' })
    expect(systemKeychain(platform, run).read('orders.2026')).toBe('abc123')
    expect(calls).toMatchObject([{ file }])
    expect(JSON.stringify(calls)).toContain('orders.2026')
    expect(JSON.stringify(calls)).toContain('millrace')
  })

  test('one that is not there is undefined, not an error', () => {
    expect(systemKeychain(platform, tool(nothing).run).read('orders')).toBeUndefined()
  })

  test('a secret is written through standard input, where no other process can read it', () => {
    const { run, calls } = tool({})
    systemKeychain(platform, run).write('orders', 'secret42')
    expect(calls[0]!.args.join(' ')).not.toContain('secret42')
    expect(calls[0]!.input).toContain('secret42')
  })

  test('a keychain that cannot be asked is an error with its reason, for reading and writing', () => {
    const { run } = tool({ code: 36, stderr: 'User interaction is not allowed.' })
    const keychain = systemKeychain(platform, run)
    for (const work of [() => keychain.read('orders'), () => keychain.write('orders', 'x')])
      expect(work).toThrow('The system’s keychain cannot be asked for orders: User interaction is not allowed.')
  })

  test('a name that could be more than a name is refused', () => {
    const { run, calls } = tool({})
    for (const name of ['', "a'; rm", 'a b', 'a\nb', '$(x)'])
      expect(() => systemKeychain(platform, run).read(name)).toThrow('cannot name a secret')
    expect(calls).toEqual([])
  })
})

test('a tool that is not installed is said', () => {
  const { run } = tool({ code: undefined, stderr: 'spawn secret-tool ENOENT' })
  expect(() => systemKeychain('linux', run).read('x')).toThrow('Install secret-tool')
})
