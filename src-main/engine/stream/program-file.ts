// A stream program's file as it is edited: text, version, syntax problems, and which version runs.
import { stripTypeScriptTypes } from 'node:module'
import { pathToFileURL } from 'node:url'
import { compileFunction } from 'node:vm'
import type { ProgramDocument, ProgramProblem } from '../../../src-shared/contract/streams.ts'
import { messageOf } from '../../../src-shared/errors.ts'
import { locationIn } from '../../streaming/program/locate-failure.ts'
import { readTextFile, replaceTextFile, stampOf } from '../pipeline/text-file.ts'

export class ProgramFile {
  readonly file: string
  #text = ''
  #version = ''
  #stamp = ''
  #startedVersion: string | undefined

  constructor(file: string) {
    this.file = file
  }

  get text(): string {
    return this.#text
  }

  async read(): Promise<void> {
    this.#stamp = await stampOf(this.file)
    const { bytes, version } = await readTextFile(this.file)
    this.#version = version
    this.#text = new TextDecoder().decode(bytes)
  }

  /** Reads it again when it has changed on disk; true when it had. */
  async refresh(): Promise<boolean> {
    if ((await stampOf(this.file)) === this.#stamp) return false
    await this.read()
    return true
  }

  /** CONFLICT when the file is not what `baseVersion` was. */
  async save(text: string, baseVersion: string): Promise<void> {
    this.#version = await replaceTextFile(this.file, new TextEncoder().encode(text), baseVersion)
    this.#stamp = await stampOf(this.file)
    this.#text = text
  }

  /** The program was started as it is now. */
  started(): void {
    this.#startedVersion = this.#version
  }

  check(text: string): readonly ProgramProblem[] {
    return syntaxProblems(text, this.file)
  }

  document(id: string, runs: boolean): ProgramDocument {
    return {
      id,
      file: this.file,
      text: this.#text,
      version: this.#version,
      problems: syntaxProblems(this.#text, this.file),
      runningOlder: runs && this.#startedVersion !== undefined && this.#startedVersion !== this.#version,
    }
  }
}

/** The first thing that keeps a program from being loaded, with its place; types are not checked. */
function syntaxProblems(text: string, file: string): readonly ProgramProblem[] {
  const url = pathToFileURL(file).href
  try {
    // Types become blanks, so that places stay. Imports and exports are no part of a function's body: they become blanks too.
    const plain = stripTypeScriptTypes(text, { sourceUrl: url }).replace(importsAndExports, (words) => words.replace(/[^\n]/g, ' '))
    compileFunction(`return async () => {${plain}\n}`, [], { filename: url })
    return []
  } catch (error) {
    const place = locationIn((error as Error).stack, new Map([[url, text]]))
    return [{ severity: 'error', line: place?.line ?? 1, column: place?.column ?? 1, message: messageOf(error) }]
  }
}

const importsAndExports = /^[ \t]*(?:import\b(?!\s*[(.])[^;'"]*['"][^'"]*['"]|export\b(?=\s))/gm
