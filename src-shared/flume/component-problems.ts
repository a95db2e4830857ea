// Where problems of components are written down: with file, line, whole key and component path filled in once.
import type { OptionProblem } from '../spec/parse-options.ts'
import type { Problem, ProblemCode, Severity } from './problem.ts'
import type { RawComponent } from './raw-configuration.ts'

export interface Finding {
  readonly severity: Severity
  readonly code: ProblemCode
  /** The component's own key; its line and value are looked up. */
  readonly key?: string
  /** A line to fall back to when the key has none: that of the list that names the component. */
  readonly line?: number | undefined
  readonly message: string
  readonly hint?: string | undefined
  readonly rule?: string
  /** Do not show the value. */
  readonly hideValue?: boolean
}

/** Collects the problems of one agent. */
export class ProblemReport {
  readonly problems: Problem[] = []
  readonly #file: string

  constructor(file: string) {
    this.#file = file
  }

  /** About a component as it stands in the file. */
  component(path: string, component: RawComponent | undefined, finding: Finding): void {
    const { severity, code, key, message, hint, rule } = finding
    const line = (key === undefined ? undefined : component?.lines[key]) ?? firstLine(component) ?? finding.line
    const value = key === undefined || finding.hideValue === true ? undefined : component?.properties[key]
    this.problems.push({
      severity,
      code,
      file: this.#file,
      ...(line !== undefined && { line }),
      ...(key !== undefined && { key: `${path}.${key}` }),
      ...(value !== undefined && { value }),
      component: path,
      message,
      ...(hint !== undefined && hint !== '' && { hint }),
      ...(rule !== undefined && { rule }),
    })
  }

  /** About an agent or one of its lists. */
  agent(name: string, finding: Finding & { readonly list?: string }): void {
    const { severity, code, line, message, hint, rule, list } = finding
    this.problems.push({
      severity,
      code,
      file: this.#file,
      ...(line !== undefined && { line }),
      ...(list !== undefined && { key: `${name}.${list}` }),
      component: name,
      message,
      ...(hint !== undefined && { hint }),
      ...(rule !== undefined && { rule }),
    })
  }

  /** What parseOptions found. `prefix`: what stands before the option's key in the component's own keys (`interceptors.i1.`). */
  options(path: string, component: RawComponent, found: readonly OptionProblem[], prefix = ''): void {
    for (const { severity, key, value, message, hint } of found) {
      this.component(path, component, { severity, code: 'PROPERTY', key: prefix + key, message, hint, hideValue: value === undefined })
    }
  }
}

function firstLine(component: RawComponent | undefined): number | undefined {
  if (component === undefined) return undefined
  const lines = Object.values(component.lines)
  return component.lines['type'] ?? (lines.length === 0 ? undefined : Math.min(...lines))
}
