// An option that may be given several times.

/** Gathers the values of an option in the order given. Without a default, so that help does not show one; absent is undefined. */
export function repeated(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}
