// A plan as text and back: JSON, two blanks of indentation, keys in the order in which the plan has them. Problems of a text carry the line
// and column of what they are about.
import { checkPlan } from './check-plan.ts'
import type { Plan } from './plan.ts'
import type { PlanProblem } from './schema.ts'

export interface LocatedProblem extends PlanProblem {
  /** From 1. */
  readonly line: number
  readonly column: number
}

export function planText(plan: Plan): string {
  return `${JSON.stringify(plan, null, 2)}\n`
}

/** The plan that the text is, or what is wrong with it. */
export function parsePlan(text: string): { readonly plan?: Plan; readonly problems: readonly LocatedProblem[] } {
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch (thrown) {
    const at = new PlaceFinder(text).end()
    return { problems: [{ path: [], ...place(text, at), message: `This is not JSON: ${(thrown as Error).message}.` }] }
  }
  const { plan, problems } = checkPlan(given)
  return {
    ...(plan === undefined ? {} : { plan }),
    problems: problems.map((problem) => ({ ...problem, ...place(text, new PlaceFinder(text).find(problem.path)) })),
  }
}

/** "operators[2].condition", for sentences without a text to point into. */
export function pathText(path: PlanProblem['path']): string {
  return path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('') || 'plan'
}

function place(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at)
  return { line: before.split('\n').length, column: at - before.lastIndexOf('\n') }
}

/** Walks over JSON without making values of it. */
class PlaceFinder {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** Where the value at `path` begins; where a part of the path is not there, the value that should have it. */
  find(path: PlanProblem['path']): number {
    this.#blanks()
    let found = this.#at
    for (const step of path) {
      const next = this.#enter(step)
      if (next === undefined) break
      found = next
    }
    return found
  }

  /** Where a text that is no JSON stops being JSON. */
  end(): number {
    this.#blanks()
    this.#skip()
    return this.#at
  }

  /** Goes to a member or element of the value that begins here. */
  #enter(step: string | number): number | undefined {
    const isList = this.#text[this.#at] === '['
    if (!isList && this.#text[this.#at] !== '{') return undefined
    this.#at += 1
    for (let index = 0; ; index++) {
      this.#blanks()
      if (this.#at >= this.#text.length || ']}'.includes(this.#text[this.#at]!)) return undefined
      const name = isList ? index : (JSON.parse(this.#string()) as string)
      if (!isList) {
        this.#blanks()
        this.#at += 1
        this.#blanks()
      }
      if (name === step) return this.#at
      this.#skip()
      this.#blanks()
      if (this.#text[this.#at] === ',') this.#at += 1
    }
  }

  /** Goes behind the value that begins here; stays inside where it is broken. False: it is. */
  #skip(): boolean {
    const char = this.#text[this.#at]
    if (char === '"') return this.#string().endsWith('"')
    if (char !== '[' && char !== '{') {
      const scalar = /[^\s,\]}:]+/y
      scalar.lastIndex = this.#at
      const found = scalar.exec(this.#text)?.[0]
      if (found === undefined || !/^(true|false|null|-?\d.*)$/.test(found)) return false
      this.#at += found.length
      return true
    }
    const close = char === '[' ? ']' : '}'
    this.#at += 1
    this.#blanks()
    if (this.#take(close)) return true
    for (;;) {
      if (close === '}') {
        if (this.#text[this.#at] !== '"' || !this.#string().endsWith('"')) return false
        this.#blanks()
        if (!this.#take(':')) return false
        this.#blanks()
      }
      if (!this.#skip()) return false
      this.#blanks()
      if (this.#take(close)) return true
      if (!this.#take(',')) return false
      this.#blanks()
    }
  }

  #take(char: string): boolean {
    if (this.#text[this.#at] !== char) return false
    this.#at += 1
    return true
  }

  #string(): string {
    const from = this.#at
    const string = /"(?:[^"\\]|\\.)*"?/sy
    string.lastIndex = from
    const found = string.exec(this.#text)?.[0] ?? ''
    this.#at += found.length
    return found
  }

  #blanks(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at += 1
  }
}
