// Contract: what a start asks about before it runs anything that came from elsewhere (design §9).
import * as v from 'valibot'

export interface WouldRun {
  readonly kind: 'command' | 'program'
  /** The command line, or the program's whole text. */
  readonly text: string
  /** The component's path (`a1.sources.r1`), or the program's file. */
  readonly where: string
  /** Names exactly this text when a person agrees to it. */
  readonly digest: string
}

/** What a start answers. Nothing was started while it asks. */
export interface StartAnswer {
  readonly asks: readonly WouldRun[]
}

/** Digests of what the person has agreed to. */
export const approval = v.optional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(100))), v.maxLength(1000)))
