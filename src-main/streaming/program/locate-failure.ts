// From whatever a stream program threw to a ProgramFailure that points at the person's own line, not at Millrace's or Node's.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MillraceError, messageOf } from '../../../src-shared/errors.ts'
import { StreamingException } from '../../../src-shared/streaming/exceptions.ts'
import type { ProgramFailure, ProgramFailureKind, SourceLocation } from '../../../src-shared/streaming/program-failure.ts'

/** The person's files as they were loaded: URL → text. */
export type ProgramSources = ReadonlyMap<string, string>

const longestLine = 400

/** `doing` says at which point it was thrown: while the file was loaded, or later in one of its functions. */
export function failureOf(thrown: unknown, doing: 'load' | 'run', sources: ProgramSources, main: string): ProgramFailure {
  if (doing === 'run') thrown = rootOf(thrown)
  const stack = thrown instanceof Error ? thrown.stack : undefined
  const code = (thrown as { code?: unknown } | null | undefined)?.code
  const compiles = doing === 'run' || !isSyntaxError(thrown)
  const where = locationIn(stack, sources) ?? (compiles ? undefined : syntaxErrorIn(main, sources.get(main)))
  return {
    kind: kindOf(thrown, doing),
    sentence: sentenceOf(thrown, code, doing),
    ...(where && { where }),
    ...(stack !== undefined && { stack: ownFrames(stack) }),
  }
}

// "Job aborted due to stage failure" and the like say nothing that a person can mend; what was thrown first does, or the sentence that
// Millrace made of it.
function rootOf(thrown: unknown): unknown {
  let root = thrown
  while (root instanceof Error && root.cause instanceof Error && !isSentence(root)) root = root.cause
  return root
}

function isSentence(error: Error): boolean {
  return error instanceof MillraceError && !(error instanceof StreamingException)
}

function kindOf(thrown: unknown, doing: 'load' | 'run'): ProgramFailureKind {
  if (isRefusal(thrown)) return 'refused'
  if (doing === 'run') return 'threw'
  return isSyntaxError(thrown) ? 'syntax' : 'load'
}

// The engine refused what the program wants to go on with.
function isRefusal(thrown: unknown): boolean {
  return thrown instanceof MillraceError && thrown.code === 'BAD_CONFIGURATION'
}

function isSyntaxError(thrown: unknown): boolean {
  return thrown instanceof SyntaxError && !thrown.message.includes('does not provide an export named')
}

function sentenceOf(thrown: unknown, code: unknown, doing: 'load' | 'run'): string {
  const text = messageOf(thrown)
  if (isRefusal(thrown)) return text
  if (code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') {
    return `${text}: types are stripped, not compiled. Write it in plain JavaScript (an object instead of an enum, a field instead of a parameter property).`
  }
  if (doing === 'run') return thrown instanceof Error ? `${thrown.name}: ${text}` : `The program threw ${text}.`
  if (isSyntaxError(thrown)) return `The program does not compile: ${text}. Correct the line and save; nothing was read from the channel.`
  if (code === 'ERR_MODULE_NOT_FOUND') return `${text}. Correct the import, or install the package beside the program.`
  return `The program could not be loaded: ${thrown instanceof Error && !isSentence(thrown) ? `${thrown.name}: ` : ''}${text}`
}

/** The topmost place in a stack (or in the head that Node puts before a compile error) that lies in one of the person's files. */
export function locationIn(stack: string | undefined, sources: ProgramSources): SourceLocation | undefined {
  if (stack === undefined) return undefined
  const lines = stack.split('\n')
  const head = /^(file:\/\/.+):(\d+)$/.exec(lines[0] ?? '')
  if (head !== null && sources.has(head[1]!)) {
    const caret = lines.findIndex((line) => /^\s*\^+\s*$/.test(line))
    const column = caret < 0 ? undefined : lines[caret]!.indexOf('^') + 1
    // Node's line is where the statement begins; the line above the caret is the one that it means.
    const line = lineOf(sources.get(head[1]!)!, Number(head[2]), caret < 1 ? undefined : lines[caret - 1])
    return location(head[1]!, line, column, sources)
  }
  for (const line of lines) {
    const frame = /(file:\/\/[^\s()]+):(\d+):(\d+)\)?$/.exec(line)
    if (frame !== null && sources.has(frame[1]!)) return location(frame[1]!, Number(frame[2]), Number(frame[3]), sources)
  }
  return undefined
}

function lineOf(source: string, from: number, text: string | undefined): number {
  if (text === undefined) return from
  const lines = source.split('\n')
  for (let line = from; line <= lines.length && line < from + 50; line++) if (lines[line - 1] === text) return line
  return from
}

function location(url: string, line: number, column: number | undefined, sources: ProgramSources): SourceLocation {
  const text = sources.get(url)?.split('\n')[line - 1]
  return {
    file: fileURLToPath(url),
    line,
    ...(column !== undefined && { column }),
    ...(text !== undefined && { sourceLine: text.slice(0, longestLine) }),
  }
}

// An early error that V8 finds after stripping (a name declared twice) carries no place in its stack; `node --check` prints it.
// Stripping keeps every position, so the place in the stripped text is the place in the person's.
function syntaxErrorIn(url: string, source: string | undefined): SourceLocation | undefined {
  if (source === undefined) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'millrace-check-'))
  const file = join(folder, 'program.mjs')
  try {
    writeFileSync(file, stripTypeScriptTypes(source))
    execFileSync(process.execPath, ['--check', file], { stdio: 'pipe', timeout: 5000 })
    return undefined
  } catch (error) {
    const printed = String((error as { stderr?: unknown }).stderr ?? '').split('\n')
    const head = printed.findIndex((line) => line.includes('program.mjs:'))
    const line = Number(/:(\d+)$/.exec(printed[head] ?? '')?.[1])
    if (!Number.isInteger(line)) return undefined
    const caret = printed[head + 2]?.indexOf('^') ?? -1
    return location(url, line, caret < 0 ? undefined : caret + 1, new Map([[url, source]]))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A stack without Node's internals. */
function ownFrames(stack: string): string {
  return stack
    .split('\n')
    .filter((line) => !/^\s+at .*\(?node:/.test(line))
    .join('\n')
}
