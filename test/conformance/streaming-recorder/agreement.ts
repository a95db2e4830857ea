// Whether two recordings of a case say the same: what a real Spark says differently each time is nothing to compare with.

/** The same up to the order of elements, at every depth: what `compare: "bag"` can tell apart is less. */
function unordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unordered).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, unordered(field)]))
}

/** `kind`: the folder of the case. */
export function agree(kind: string, one: string, other: string): boolean {
  if (one === other) return true
  const test = JSON.parse(one) as { readonly compare?: string }
  const isBag = test.compare === 'bag' || test.compare === 'bag-per-key' || kind === 'rdd'
  return isBag && JSON.stringify(unordered(test)) === JSON.stringify(unordered(JSON.parse(other)))
}
