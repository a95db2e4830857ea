// Which values can be kept on the disk: what comes back would otherwise be a bare object without its methods.

const keptClasses: ReadonlySet<unknown> = new Set([
  Object,
  Array,
  Map,
  Set,
  Date,
  RegExp,
  Uint8Array,
  Buffer,
  BigInt64Array,
  Float64Array,
  undefined,
])

/** What a value is that cannot be kept (`Person`, `function`); undefined for one that can. */
export function unkeepableKind(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null)
    return typeof value === 'function' || typeof value === 'symbol' ? typeof value : undefined
  return keptClasses.has(value.constructor) ? undefined : (value.constructor?.name ?? 'null')
}
