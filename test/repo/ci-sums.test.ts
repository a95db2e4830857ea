// The sums that .ci/run closes with are read from reports; what cannot be read is a failure.
import { describe, expect, test } from 'vitest'
import { resultOfClosingLine, resultOfVitest } from '../../.ci/suite-result.ts'

const report = (numPassedTests: number, numFailedTests: number, numPendingTests = 0, numTodoTests = 0): string =>
  JSON.stringify({
    numPassedTests,
    numFailedTests,
    numPendingTests,
    numTodoTests,
    numTotalTests: numPassedTests + numFailedTests + numPendingTests + numTodoTests,
  })

describe('sums of CI', () => {
  test('a report that adds up is taken as it is', () => {
    expect(resultOfVitest(report(12, 0), 0)).toEqual({ passed: 12, failed: 0, skipped: 0 })
    expect(resultOfVitest(report(12, 3), 1)).toEqual({ passed: 12, failed: 3, skipped: 0 })
  })

  test('tests that are skipped or to do are counted as skipped, with a trouble', () => {
    expect(resultOfVitest(report(12, 0, 1, 2), 0)).toMatchObject({ passed: 12, skipped: 3, trouble: expect.stringContaining('skipped') })
  })

  test.each([
    ['no report', undefined],
    ['a report that is cut off', '{"numTotalTests":'],
    ['a report without counts', '{}'],
    ['a report whose counts do not add up', JSON.stringify({ ...(JSON.parse(report(3, 0)) as object), numTotalTests: 9 })],
    ['a report of nothing', report(0, 0)],
  ])('%s is a failure, whatever the exit code', (_what, text) => {
    expect(resultOfVitest(text, 0)).toMatchObject({ passed: 0, failed: 1, trouble: expect.any(String) })
  })

  test('a bad exit code is a failure although every test passed', () => {
    expect(resultOfVitest(report(5, 0), 1)).toMatchObject({ passed: 5, failed: 1 })
    expect(resultOfClosingLine('ok\n5 passed, 0 failed, 0 skipped\n', 1)).toMatchObject({ passed: 5, failed: 1 })
  })

  test('a closing line is read only when it is the last', () => {
    expect(resultOfClosingLine('ok 1\n176 passed, 0 failed, 0 skipped\n', 0)).toEqual({ passed: 176, failed: 0, skipped: 0 })
    expect(resultOfClosingLine('176 passed, 0 failed, 0 skipped\nSegmentation fault\n', 0)).toMatchObject({ failed: 1 })
  })
})
