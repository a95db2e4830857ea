// What an earlier window kept, read by this one: another version of Millrace may have kept something else under the same names.

/**
 * `usual` with what was kept in its place, field by field, as far as it is of the same kind. `{}` stands for any record, a list for one of
 * texts, undefined for a text that may be absent.
 */
export function keptState<T extends object>(kept: unknown, usual: T): T {
  if (!isRecord(kept)) return usual
  return Object.fromEntries(Object.entries(usual).map(([name, value]) => [name, keptValue(kept[name], value)])) as T
}

function keptValue(kept: unknown, usual: unknown): unknown {
  if (usual === undefined) return typeof kept === 'string' ? kept : usual
  if (Array.isArray(usual)) return Array.isArray(kept) && kept.every((item) => typeof item === 'string') ? kept : usual
  if (!isRecord(usual)) return typeof kept === typeof usual ? kept : usual
  if (!isRecord(kept)) return usual
  return Object.keys(usual).length === 0 ? kept : keptState(kept, usual)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
