// Secrets in the operating system's keychain, through the tool that each system has for it: `security` (macOS), `secret-tool` (Linux, the
// Secret Service of GNOME and KDE), PowerShell with the Credential Manager (Windows). All of an application's entries have its service name.
// A secret goes through standard input and output, never into an argument, where every process could read it.
import { spawnSync } from 'node:child_process'
import { MillraceError } from '../../src-shared/errors.ts'

export interface Keychain {
  /** The secret of that name; undefined when there is none. Throws IO when the keychain cannot be asked (locked, no tool). */
  read(name: string): string | undefined
  /** Keeps the secret under that name, over one that is there. `secret`: letters and digits. Throws IO. */
  write(name: string, secret: string): void
}

export interface ToolResult {
  /** Undefined when the tool is not there or did not end in time. */
  readonly code: number | undefined
  readonly stdout: string
  readonly stderr: string
}

/** Runs a tool with this standard input. */
export type RunTool = (file: string, args: readonly string[], input: string) => ToolResult

const service = 'millrace'
/** A person may have to unlock the keychain. */
const patienceMs = 60_000

const runTool: RunTool = (file, args, input) => {
  const { status, stdout, stderr, error } = spawnSync(file, args, { input, encoding: 'utf8', timeout: patienceMs, windowsHide: true })
  return { code: error === undefined ? (status ?? undefined) : undefined, stdout: stdout ?? '', stderr: error?.message ?? stderr ?? '' }
}

/** The keychain of this system. Synchronous: it is asked when a log is opened, in whichever thread opens it. */
export function systemKeychain(platform: NodeJS.Platform = process.platform, run: RunTool = runTool): Keychain {
  const keychain = platform === 'darwin' ? macKeychain(run) : platform === 'win32' ? windowsKeychain(run) : secretService(run)
  const named =
    <T extends unknown[], R>(work: (name: string, ...rest: T) => R) =>
    (name: string, ...rest: T): R => {
      // It becomes part of a command of `security -i` and of a script.
      if (!/^[\w.-]+$/.test(name))
        throw new MillraceError('BAD_ARGUMENT', `${name} cannot name a secret: use letters, digits, ".", "_" and "-".`)
      return work(name, ...rest)
    }
  return { read: named(keychain.read), write: named(keychain.write) }
}

function macKeychain(run: RunTool): Keychain {
  return {
    read(name) {
      const { code, stdout, stderr } = run('security', ['find-generic-password', '-s', service, '-a', name, '-w'], '')
      if (code === 0) return stdout.trim()
      if (code === 44) return undefined // errSecItemNotFound
      throw unusable(name, stderr)
    },
    write(name, secret) {
      const { code, stderr } = run('security', ['-i'], `add-generic-password -U -s ${service} -a ${name} -w ${secret}\n`)
      if (code !== 0 || /error|SecKeychain/i.test(stderr)) throw unusable(name, stderr)
    },
  }
}

function secretService(run: RunTool): Keychain {
  return {
    read(name) {
      const { code, stdout, stderr } = run('secret-tool', ['lookup', 'service', service, 'key', name], '')
      if (code === 0) return stdout.trim()
      // Nothing found is exit code 1 without a word.
      if (code === 1 && stderr.trim() === '') return undefined
      throw unusable(name, code === undefined ? `${stderr}. Install secret-tool (libsecret-tools)` : stderr)
    },
    write(name, secret) {
      const { code, stderr } = run('secret-tool', ['store', '--label', `Millrace ${name}`, 'service', service, 'key', name], secret)
      if (code !== 0) throw unusable(name, code === undefined ? `${stderr}. Install secret-tool (libsecret-tools)` : stderr)
    },
  }
}

function windowsKeychain(run: RunTool): Keychain {
  const ask = (name: string, script: string): string => {
    const { code, stdout, stderr } = run(
      'powershell.exe',
      ['-NoProfile', '-NonInteractive', '-Command', '-'],
      `${credentials}\n${script}\nexit\n`,
    )
    if (code !== 0 || stderr.trim() !== '') throw unusable(name, stderr)
    return stdout.trim()
  }
  return {
    read(name) {
      const answer = ask(name, `[Millrace.Credentials]::Read('${service}:${name}')`)
      return answer === '' ? undefined : answer
    },
    write(name, secret) {
      ask(name, `[Millrace.Credentials]::Write('${service}:${name}', '${secret}')`)
    },
  }
}

/** Generic credentials of the Credential Manager (CredRead, CredWrite). One line each: `-Command -` reads line by line. */
const credentials = [
  `$code = 'using System; using System.Runtime.InteropServices; using System.Text; namespace Millrace { public static class Credentials {`,
  `[StructLayout(LayoutKind.Sequential, CharSet = CharSet.Unicode)] struct Credential { public int Flags; public int Type; public string Target; public string Comment; public long Written; public int Size; public IntPtr Blob; public int Persist; public int Attributes; public IntPtr More; public string Alias; public string User; }`,
  `[DllImport("advapi32", CharSet = CharSet.Unicode, SetLastError = true)] static extern bool CredReadW(string target, int type, int flags, out IntPtr credential);`,
  `[DllImport("advapi32", CharSet = CharSet.Unicode, SetLastError = true)] static extern bool CredWriteW(ref Credential credential, int flags);`,
  `[DllImport("advapi32")] static extern void CredFree(IntPtr credential);`,
  `public static string Read(string target) { IntPtr found; if (!CredReadW(target, 1, 0, out found)) { int error = Marshal.GetLastWin32Error(); if (error == 1168) return ""; throw new System.ComponentModel.Win32Exception(error); } try { var c = Marshal.PtrToStructure<Credential>(found); return Marshal.PtrToStringUni(c.Blob, c.Size / 2); } finally { CredFree(found); } }`,
  `public static void Write(string target, string secret) { var c = new Credential { Type = 1, Target = target, Persist = 2, User = "millrace", Size = secret.Length * 2, Blob = Marshal.StringToCoTaskMemUni(secret) }; try { if (!CredWriteW(ref c, 0)) throw new System.ComponentModel.Win32Exception(Marshal.GetLastWin32Error()); } finally { Marshal.ZeroFreeCoTaskMemUnicode(c.Blob); } } } }'; Add-Type -TypeDefinition $code`,
].join(' ')

function unusable(name: string, why: string): MillraceError {
  return new MillraceError('IO', `The system’s keychain cannot be asked for ${name}: ${why.trim() || 'it gave no reason'}.`)
}
