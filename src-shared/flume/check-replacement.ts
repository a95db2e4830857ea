// A replaceString of search_replace that Java does not take: Flume finds out with the first event that matches.
import { javaReplacement } from '../regex/java-replacement.ts'
import type { ProblemReport } from './component-problems.ts'
import type { RawComponent } from './raw-configuration.ts'

/** `options` as parsed; `prefix`: of the interceptor's keys in the source's own. */
export function checkReplacement(
  report: ProblemReport,
  path: string,
  component: RawComponent,
  prefix: string,
  options: Readonly<Record<string, unknown>>,
): void {
  const { searchPattern, replaceString } = options
  if (!(searchPattern instanceof RegExp) || typeof replaceString !== 'string') return
  const { problem } = javaReplacement(replaceString, searchPattern)
  if (problem === undefined) return
  report.component(path, component, {
    severity: 'warning',
    code: 'PROPERTY',
    key: `${prefix}replaceString`,
    message: `Every event in which searchPattern is found will fail: ${problem}.`,
    hint: 'Refer to groups of searchPattern only; write \\\\$ for the character $.',
    rule: 'interceptor-failure-spares-the-rest',
  })
}
