// What a bench is: one file `bench/<name>.ts` that exports `bench`. The runner finds it by its name.

/** One way of doing the work. Returns its rate (or whatever `unit` says; higher is better unless the unit is a time). */
export type Variant = (round: { readonly scratch: string }) => Promise<number>

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
}
