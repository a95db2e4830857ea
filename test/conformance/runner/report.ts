// The answer of a conformance suite: one line per case, a last line with the counts.

export type CaseStatus = 'ok' | 'not ok' | 'differs'

export interface CaseResult {
  readonly id: string
  readonly title: string
  readonly status: CaseStatus
  /** The first difference; for `differs` the named rule that says why. */
  readonly detail?: string
  readonly ms: number
}

/** `ok ID title`, `not ok ID title: first difference`, `differs ID title: rule`. */
export function resultLine({ status, id, title, detail }: CaseResult): string {
  return `${status} ${id} ${title}${detail === undefined ? '' : `: ${detail.replace(/\s*\n\s*/g, ' | ')}`}`
}

/** Prints what is left to print; answers the exit code. */
export function finish(results: readonly CaseResult[], json: boolean): number {
  const count = (status: CaseStatus): number => results.filter((result) => result.status === status).length
  const failed = count('not ok')
  if (json) console.log(JSON.stringify({ passed: count('ok'), differs: count('differs'), failed, results }, null, 2))
  else if (count('differs') > 0) console.log(`${count('differs')} differ by a named rule (docs/differences.md)`)
  if (results.length === 0) console.log('not ok: there is no case in that folder')
  console.log(`${count('ok')} passed, ${failed} failed, 0 skipped`)
  return failed > 0 || results.length === 0 ? 1 : 0
}
