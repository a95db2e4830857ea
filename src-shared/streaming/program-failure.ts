// Why a stream program failed, as data: one sentence, the place in the person's own source, and the record that caused it.

/** A place in a person's source file. Line and column count from 1. */
export interface SourceLocation {
  readonly file: string
  readonly line: number
  readonly column?: number
  /** The text of that line, cut at 400 characters. */
  readonly sourceLine?: string
}

/**
 * `syntax`: does not compile. `load`: an import is missing or the top of the file threw. `threw`: a function of the program threw.
 * `memory`: over its limit. `exit`: ended itself. `killed`: by a signal from elsewhere. `crash`: by a fault of its own.
 * `stopped`: did not stop when asked and was killed. `refused`: not run at all (an incompatible checkpoint, a missing channel).
 */
export type ProgramFailureKind = 'syntax' | 'load' | 'threw' | 'memory' | 'exit' | 'killed' | 'crash' | 'stopped' | 'refused'

export interface ProgramFailure {
  readonly kind: ProgramFailureKind
  /** What happened, with which value, and what to do. */
  readonly sentence: string
  readonly where?: SourceLocation
  readonly stack?: string
  /** The record that was being processed, cut at 4 KB. */
  readonly record?: string
}

/** A failure as a person reads it in a terminal: `file:line:column`, the source line with a caret, the sentence, the record. */
export function formatFailure(failure: ProgramFailure): string {
  const lines: string[] = []
  const { where } = failure
  if (where !== undefined) {
    lines.push(`${where.file}:${where.line}${where.column === undefined ? '' : `:${where.column}`}`)
    if (where.sourceLine !== undefined) {
      lines.push(`    ${where.sourceLine}`)
      if (where.column !== undefined) lines.push(`    ${where.sourceLine.slice(0, where.column - 1).replace(/[^\t]/g, ' ')}^`)
    }
  }
  lines.push(failure.sentence)
  if (failure.record !== undefined) lines.push(`record: ${failure.record}`)
  return lines.join('\n')
}
