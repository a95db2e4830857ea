// Whether Java 17 sees a longest match of an expression, as it asks of every look-behind. Its own sums, down to their overflow: a single
// character may be repeated without limit, `(?:abc)*` too, `(?:ab)*` may not.
import type { PatternNode } from './java-pattern.ts'

interface Study {
  /** A Java int. */
  longest: number
  limited: boolean
  /** One way only to match at a place: what Java repeats in a simpler loop. */
  deterministic: boolean
}

const unlimited = 0x7fffffff

export function hasLongestMatch(node: PatternNode): boolean {
  const study: Study = { longest: 0, limited: true, deterministic: true }
  add(study, node)
  return study.limited
}

function add(study: Study, node: PatternNode): void {
  switch (node.kind) {
    case 'set':
      study.longest = (study.longest + 1) | 0
      return
    case 'lineBreak':
      study.longest = (study.longest + 2) | 0
      return
    case 'sequence':
      for (const item of node.items) add(study, item)
      return
    case 'group':
    case 'atomic':
      add(study, node.body)
      return
    case 'alternatives': {
      const options = node.options.map(alone)
      study.longest = (study.longest + Math.max(...options.map(({ longest }) => longest))) | 0
      study.limited &&= options.every(({ limited }) => limited)
      study.deterministic = false
      return
    }
    case 'repeat':
      addRepeat(study, node)
      return
    case 'backReference':
      study.limited = false
      return
    case 'anchor':
    case 'look':
  }
}

function addRepeat(study: Study, { body, min, max, mode }: PatternNode & { kind: 'repeat' }): void {
  if (min === 0 && max === 1) {
    addOptional(study, body, mode === 'possessive')
    return
  }
  const round = alone(body)
  if (body.kind === 'set' && mode === 'greedy' && max === Infinity) study.longest = (study.longest + unlimited) | 0
  else {
    const sum = (Math.imul(round.longest, Math.min(max, unlimited)) + study.longest) | 0
    const loops = body.kind !== 'set' && mode !== 'possessive' && !round.deterministic
    if (loops || sum < study.longest) study.limited = false
    study.longest = sum
  }
  study.limited &&= round.limited
  study.deterministic &&= round.deterministic && min === max
}

/** Java makes a branch of an optional group. */
function addOptional(study: Study, body: PatternNode, possessive: boolean): void {
  if (body.kind === 'set' || possessive) add(study, body)
  else {
    const option = alone(body)
    study.longest = (study.longest + option.longest) | 0
    study.limited &&= option.limited
  }
  study.deterministic = false
}

function alone(node: PatternNode): Study {
  const study: Study = { longest: 0, limited: true, deterministic: true }
  add(study, node)
  return study
}
