// Reads what a suite counted: from the JSON of vitest's reporter, or from the closing line of a command that prints one. Never from an
// exit code alone: what cannot be read is a failure.

export interface SuiteResult {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** Why it is no success, where no failed test says so. */
  readonly trouble?: string
}

export function failure(trouble: string): SuiteResult {
  return { passed: 0, failed: 1, skipped: 0, trouble }
}

/** Result of vitest's JSON reporter. `text` undefined: the file was not written. */
export function resultOfVitest(text: string | undefined, exitCode: number | null): SuiteResult {
  if (text === undefined) return failure('it wrote no report')
  let report: Record<string, unknown> | null
  try {
    report = JSON.parse(text) as Record<string, unknown> | null
  } catch {
    return failure('its report is not JSON')
  }
  const number = (key: string): number => (typeof report?.[key] === 'number' ? (report[key] as number) : Number.NaN)
  const counts = {
    passed: number('numPassedTests'),
    failed: number('numFailedTests'),
    skipped: number('numPendingTests') + number('numTodoTests'),
  }
  if (counts.passed + counts.failed + counts.skipped !== number('numTotalTests')) return failure('its counts do not add up')
  return judged(counts, exitCode)
}

/** Result of a command whose last line is `N passed, N failed, N skipped`. */
export function resultOfClosingLine(output: string, exitCode: number | null): SuiteResult {
  const last = output.trimEnd().split('\n').at(-1) ?? ''
  const match = /^(\d+) passed, (\d+) failed, (\d+) skipped$/.exec(last.trim())
  if (match === null) return failure('its last line is not "N passed, N failed, N skipped"')
  return judged({ passed: Number(match[1]), failed: Number(match[2]), skipped: Number(match[3]) }, exitCode)
}

function judged(counts: SuiteResult, exitCode: number | null): SuiteResult {
  // An error outside of any test (a file that does not load, an unhandled rejection) shows in the exit code only.
  if (exitCode !== 0 && counts.failed === 0) return { ...counts, failed: 1, trouble: `exit code ${exitCode} though no test failed` }
  if (counts.passed + counts.failed === 0) return { ...counts, failed: 1, trouble: 'it ran no test' }
  return counts.skipped > 0 ? { ...counts, trouble: 'a skipped test is a failure here' } : counts
}
