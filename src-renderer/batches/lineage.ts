// Which of the records that were kept belong together: what a record was made of, and what was made of it.
import type { OperatorRecord, SampleRecord } from '../../src-shared/contract/streams.ts'

/** One of an operator's `samplesOut`. */
export interface SampleAt {
  readonly operator: number
  readonly sample: number
}

export interface Lineage {
  /** In order of flow, the chosen record not among them. */
  readonly madeOf: readonly SampleAt[]
  readonly becameOf: readonly SampleAt[]
}

export function sampleAt(operators: readonly OperatorRecord[], { operator, sample }: SampleAt): SampleRecord | undefined {
  return operators.find((each) => each.id === operator)?.samplesOut[sample]
}

/** Of one of the samples. */
export function lineageOf(operators: readonly OperatorRecord[], chosen: SampleAt): Lineage {
  const madeOf = reached(operators, chosen, (child, parent) => isMadeOf(operators, parent, child))
  const becameOf = reached(operators, chosen, (parent, child) => isMadeOf(operators, parent, child))
  return { madeOf, becameOf }
}

/** The samples that were made of the same event: of a record that is no sample itself (one that failed, was rejected, raised an alert). */
export function samplesOfEvent(operators: readonly OperatorRecord[], record: SampleRecord): readonly SampleAt[] {
  return everySample(operators).filter((at) => sameEvent(sampleAt(operators, at)!, record))
}

/** The sample that stands at `index` of an operator's `samplesIn`: they are its parents' samples, one parent after the other. */
export function sampleComingIn(operators: readonly OperatorRecord[], operator: OperatorRecord, index: number): SampleAt | undefined {
  let before = 0
  for (const id of operator.parents) {
    const count = operators.find((each) => each.id === id)?.samplesOut.length ?? 0
    if (index < before + count) return { operator: id, sample: index - before }
    before += count
  }
  return undefined
}

function reached(
  operators: readonly OperatorRecord[],
  from: SampleAt,
  follows: (here: SampleAt, there: SampleAt) => boolean,
): readonly SampleAt[] {
  const all = everySample(operators)
  const found = new Set<SampleAt>()
  const open = [from]
  for (let here = open.pop(); here !== undefined; here = open.pop()) {
    for (const there of all) {
      if (found.has(there) || !follows(here, there)) continue
      found.add(there)
      open.push(there)
    }
  }
  return all.filter((at) => found.has(at))
}

/** Exact where the engine noted the sample; by key where an operator combines records of one key; else by the event that both are of, or by being the same. */
function isMadeOf(operators: readonly OperatorRecord[], parent: SampleAt, child: SampleAt): boolean {
  const operator = operators.find((each) => each.id === child.operator)
  const [one, other] = [sampleAt(operators, parent), sampleAt(operators, child)]
  if (operator === undefined || one === undefined || other === undefined || parent.operator === child.operator) return false
  if (other.from !== undefined) return other.from.operator === parent.operator && other.from.sample === parent.sample
  if (!operator.parents.includes(parent.operator)) return false
  if (operator.combinesByKey === true) return one.key !== undefined && one.key === other.key
  return sameEvent(one, other) || (one.text === other.text && onlyMoved(operators, operator))
}

/** An operator that gave the records that came in, all different and all kept, in another order: a sort, another partitioning. */
function onlyMoved(operators: readonly OperatorRecord[], operator: OperatorRecord): boolean {
  const parents = operator.parents.map((id) => operators.find((each) => each.id === id))
  const came = parents.flatMap((parent) => parent?.samplesOut.map(({ text }) => text) ?? [])
  const went = operator.samplesOut.map(({ text }) => text)
  const all = came.length === operator.recordsIn && went.length === operator.recordsOut
  const kept = new Set(went)
  return all && came.length === kept.size && went.length === kept.size && came.every((text) => kept.has(text))
}

function sameEvent({ origin: a }: SampleRecord, { origin: b }: SampleRecord): boolean {
  return a?.ordinal !== undefined && a.ordinal === b?.ordinal && a.channel === b.channel
}

function everySample(operators: readonly OperatorRecord[]): readonly SampleAt[] {
  return operators.flatMap(({ id, samplesOut }) => samplesOut.map((_, sample) => ({ operator: id, sample })))
}
