// How groupByKey puts the values of a key together: a group grows in place, in the order in which its values come.

export function append<V>(group: V[], value: V): V[] {
  group.push(value)
  return group
}

export function appendAll<V>(group: V[], more: readonly V[]): V[] {
  for (const value of more) group.push(value)
  return group
}
