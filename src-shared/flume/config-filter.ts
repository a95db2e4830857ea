// Configuration filters: tokens ${filter['key']} in values, resolved by an environment variable or by a command's answer.

/** Answers the text of a key, or undefined, which leaves the token as written. May throw: then the value stays as it is. */
export interface ConfigFilter {
  readonly name: string
  readonly filter: (key: string) => string | undefined
}

/** Replaces the tokens of one filter in `value` (Flume 1.11 FlumeConfiguration.filterValue): quotes single, double or none, alike on both sides. */
export function applyConfigFilter(value: string, { name, filter }: ConfigFilter): string {
  let filtered = value
  for (const match of value.matchAll(tokenOf(name))) {
    const answer = filter(match[2]!)
    if (answer !== undefined) filtered = filtered.replaceAll(match[0], () => answer)
  }
  return filtered
}

/** Names of filters that the tokens of a value ask for. */
export function configFilterTokens(value: string): string[] {
  return [...value.matchAll(/\$\{([^{}[\]]+)\[(|'|")[-_a-zA-Z0-9]+\2\]\}/g)].map((match) => match[1]!)
}

const tokenOf = (name: string): RegExp =>
  new RegExp(`\\$\\{${name.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')}\\[(|'|")([-_a-zA-Z0-9]+)\\1\\]\\}`, 'g')
