// What a bench is: one file `bench/<name>.ts` that exports `bench`. The runner finds it by its name.

/**
 * One way of doing the work. Returns its rate (or whatever `unit` says; higher is better unless the unit is a time), or several figures of
 * one run by name: each becomes a row `<variant>: <name>`, which says its unit.
 */
export type Variant = (round: { readonly scratch: string }) => Promise<number | Readonly<Record<string, number>>>

export interface Ratio {
  readonly name: string
  readonly of: string
  readonly against: string
  /** The least that the project promises; `most` for ratios that must stay small. */
  readonly least?: number
  readonly most?: number
}

export interface Bench {
  readonly summary: string
  readonly unit: string
  /** Run one after another in every round, so that what else the machine does meets all of them. */
  readonly variants: Readonly<Record<string, Variant>>
  readonly ratios: readonly Ratio[]
  readonly rounds?: number
  /** False where every run starts processes of its own, which a round before the first would not warm. */
  readonly warmUp?: boolean
}
