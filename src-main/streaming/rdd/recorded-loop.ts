// Recording without work per record. The loop at a source, with the element-wise steps behind it, runs as it runs unrecorded: the steps
// count what they yield. The first elements are led through the same steps one by one and sampled, until every step has its samples;
// where one has few results, what is still wanted is taken as it comes. An element now and then (the first, the 17th, 257th, later one in
// 1024) is led one by one and timed.
import type { Push, RddDefinition, Step, Tally } from './definition.ts'
import type { RDD } from './rdd.ts'

/** What one operator did in one run of a partition. Times in ms, estimated from the elements that were timed. */
export interface OperatorRun {
  /** Elements yielded. */
  readonly count: number
  /** Spent by the operator itself. */
  readonly ownMs: number
  /** Spent by whoever took its elements out of the loop, on what that does with them. */
  readonly handedOnMs: number
  /** Present where the operator was the source of its loop: time spent behind it inside of its parents' loops, and so in what they handed on. */
  readonly source?: { readonly overlapMs: number }
}

/** Watches what an operator's RDD yields, when batches are recorded. */
export interface OperatorTap {
  begin(partition: number): Watch
}

/** Watches one run of a partition. */
export interface Watch {
  /** How many elements it wants to see: the first ones. Infinity: all, as they come. */
  readonly wanted: number
  /** An element, before it is pushed on. */
  see(element: unknown): void
  /** The element that was seen last, of those that have not been passed, and what was made of it, has been pushed on. */
  passed(): void
  /** The run has ended, or failed. */
  ended(run: OperatorRun): void
}

/** What a recorded loop may run in place of RDD.each(). */
export interface Fused {
  readonly definition: RddDefinition<unknown>
  readonly tap: OperatorTap | undefined
}

/** Elements that are led one by one for samples, over all steps: after that the loop runs freely. */
const LED = 1000
/** Results of one element that are led on and timed: few, for reading the clock takes longer than a small step. */
const LED_RESULTS = 2
/** One element in so many is timed, of the first ones more. */
const TIMED = 1024
const TIMED_AT_FIRST = 16

/** The loop that runs now: one may begin inside another. */
let running: RecordedLoop | undefined

/** Pushes the elements of a partition of an RDD, watched by its tap, and by the taps of those before it that are steps of the same loop. */
export function recordedEach<T>(rdd: Fused & { readonly tap: OperatorTap }, partition: number, push: Push<T>): void {
  const levels: Level[] = []
  let at: Fused | undefined = rdd
  let parent: RDD<unknown> | undefined
  while (at?.definition.step !== undefined) {
    levels.unshift(new Level(at.definition.step, at.tap?.begin(partition)))
    parent = at.definition.step.parent
    at = parent.fused
  }
  levels.unshift(new Level(undefined, at?.tap?.begin(partition)))
  const source = at === undefined ? parent! : at.definition
  new RecordedLoop(levels, push as Push<unknown>).run((first) => source.each(partition, first))
}

/** The source (no step), or a step, of a loop. */
class Level {
  readonly step: Step<unknown, unknown> | undefined
  readonly watch: Watch | undefined
  readonly tally: Tally = { count: 0 }
  wanted: number
  /** Elements of the level before that were timed in this step, and the time that this took. */
  timed = 0
  timedMs = 0

  constructor(step: Step<unknown, unknown> | undefined, watch: Watch | undefined) {
    this.step = step
    this.watch = watch
    this.wanted = watch?.wanted ?? 0
  }

  get wantsFirst(): boolean {
    return this.wanted > 0 && this.wanted !== Number.POSITIVE_INFINITY
  }
}

class RecordedLoop {
  /** Spent in loops inside this one. */
  insideMs = 0
  readonly #levels: readonly Level[]
  readonly #push: Push<unknown>
  /** For each level, what takes its elements when nobody leads them. */
  #free: readonly Push<unknown>[] | undefined
  #led = 0
  /** Elements that were timed at the end of the loop, and the time that this took. */
  #ends = 0
  #endMs = 0
  /** How many elements were shown to those who watch; of those that were timed, how many, and the time that this took. */
  #seen = 0
  #seenTimed = 0
  #seeingMs = 0
  /** When the clock was read last for an element that is timed. */
  #readAt = 0
  /** Its elements come from a loop that is still running. */
  #passing = false

  constructor(levels: readonly Level[], push: Push<unknown>) {
    this.#levels = levels
    this.#push = push
  }

  run(source: (push: Push<unknown>) => void): void {
    const { tally } = this.#levels[0]!
    const enclosing = running
    running = this
    let free: Push<unknown> | undefined
    let watched = 0
    let nextTimed = 0
    const began = performance.now()
    try {
      source((element) => {
        const index = tally.count++
        if (index !== watched) return free!(element)
        if (running !== this) this.#passing = true
        const timed = index === nextTimed
        if (timed) {
          nextTimed = index === 0 ? TIMED_AT_FIRST : index + Math.min(index * (TIMED_AT_FIRST - 1), TIMED)
          this.#readAt = performance.now()
        }
        this.#lead(element, 0, timed)
        watched = this.#wantsFirst ? index + 1 : nextTimed
        if (watched > index + 1) free ??= this.#freeBehind(0)
      })
    } finally {
      running = enclosing
      const tookMs = performance.now() - began
      if (enclosing !== undefined) enclosing.insideMs += tookMs
      this.#report(tookMs)
    }
  }

  /** Whether a step wants to see its first results still. What a source yields is seen on its way into the free loop. */
  get #wantsFirst(): boolean {
    return this.#led < LED && this.#levels.some((level) => level.step !== undefined && level.wantsFirst)
  }

  /** The steps behind a level as they run unrecorded; in between whoever still wants to see elements. */
  #freeBehind(at: number): Push<unknown> {
    if (this.#free === undefined) {
      const free: Push<unknown>[] = []
      let push = this.#push
      for (const level of this.#levels.toReversed()) {
        if (level.wanted > 0) push = this.#seeing(level, push)
        free.unshift(push)
        if (level.step !== undefined) push = level.step.fuse(push, level.tally)
      }
      this.#free = free
    }
    return this.#free[at]!
  }

  #seeing(level: Level, push: Push<unknown>): Push<unknown> {
    return (element) => {
      if (level.wanted === 0) return push(element)
      this.#see(level, element)
      push(element)
      level.watch!.passed()
    }
  }

  #see(level: Level, element: unknown): void {
    level.wanted -= 1
    this.#seen += 1
    level.watch!.see(element)
  }

  /** Since the clock was read before. Whoever times something reads it at the end, and with that at the beginning of what comes next. */
  #lap(): number {
    const before = this.#readAt
    this.#readAt = performance.now()
    return Math.max(0, this.#readAt - before - clockMs)
  }

  #lead(element: unknown, at: number, timed: boolean): void {
    const level = this.#levels[at]!
    this.#led += 1
    const sees = level.wanted > 0
    if (sees) {
      this.#see(level, element)
      if (timed) {
        this.#seeingMs += this.#lap()
        this.#seenTimed += 1
      }
    }
    const next = this.#levels[at + 1]
    if (next === undefined) this.#end(element, timed)
    else if (timed) this.#timedStep(element, next, at + 1)
    else {
      for (const result of next.step!.apply(element)) {
        next.tally.count += 1
        this.#goOn(result, at + 1)
      }
    }
    if (sees) level.watch!.passed()
  }

  #goOn(element: unknown, at: number): void {
    if (this.#led < LED) this.#lead(element, at, false)
    else this.#freeBehind(at)(element)
  }

  #timedStep(element: unknown, next: Level, at: number): void {
    let results = 0
    let tookMs = 0
    for (const result of next.step!.apply(element)) {
      results += 1
      next.tally.count += 1
      if (results <= LED_RESULTS) {
        tookMs += this.#lap()
        this.#lead(result, at, true)
      } else this.#goOn(result, at)
    }
    const sinceLast = this.#lap()
    // Of many results the first ones stand for all.
    next.timedMs += results <= LED_RESULTS ? tookMs + sinceLast : (tookMs * results) / LED_RESULTS
    next.timed += 1
  }

  #end(element: unknown, timed: boolean): void {
    this.#push(element)
    if (!timed) return
    this.#endMs += this.#lap()
    this.#ends += 1
  }

  #report(tookMs: number): void {
    const levels = this.#levels
    const end = perElement(this.#ends, this.#endMs) * levels.at(-1)!.tally.count
    // Together no more than there was.
    const seeingMs = perElement(this.#seenTimed, this.#seeingMs) * this.#seen
    const spentMs = Math.max(0, tookMs - seeingMs - (this.#passing ? 0 : this.insideMs))
    let sum = end
    for (let at = 1; at < levels.length; at++) sum += this.#estimatedMs(at)
    const scale = sum > spentMs ? spentMs / sum : 1
    for (let at = 0; at < levels.length; at++) {
      const { watch, tally } = levels[at]!
      if (watch === undefined) continue
      const { count } = tally
      const handedOnMs = at === levels.length - 1 ? end * scale : 0
      if (at > 0) watch.ended({ count, ownMs: this.#estimatedMs(at) * scale, handedOnMs })
      else if (this.#passing) watch.ended({ count, ownMs: 0, handedOnMs, source: { overlapMs: sum * scale } })
      else watch.ended({ count, ownMs: Math.max(0, spentMs - sum * scale), handedOnMs, source: { overlapMs: 0 } })
    }
  }

  /** Of a step, over all elements. */
  #estimatedMs(at: number): number {
    const { timed, timedMs } = this.#levels[at]!
    return perElement(timed, timedMs) * this.#levels[at - 1]!.tally.count
  }
}

const perElement = (timed: number, ms: number): number => (timed === 0 ? 0 : ms / timed)

/** Reading the clock takes time too, more than a small step: the least of several tries, in ms. */
const clockMs = ((): number => {
  const reads = 100
  const tries = Array.from({ length: 10 }, () => {
    const began = performance.now()
    for (let read = 0; read < reads; read++) performance.now()
    return (performance.now() - began) / reads
  })
  return Math.min(...tries)
})()
