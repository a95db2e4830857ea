// Values that are given once for all components, outside of their own properties (Flume's SSLUtil).
import type { PropertyMap } from './property.ts'

export interface GlobalSettings {
  readonly systemProperties: Readonly<Record<string, string>>
  readonly env: Readonly<Record<string, string | undefined>>
}

/** `values` with the global ones of those properties that are not among them. Component over system property over environment. */
export function withGlobalValues(
  properties: PropertyMap,
  values: Readonly<Record<string, string>>,
  { systemProperties, env }: GlobalSettings,
): Record<string, string> {
  const all = { ...values }
  for (const [key, { spec }] of Object.entries(properties)) {
    if (spec.global === undefined || Object.hasOwn(values, key)) continue
    const { systemProperty, environment } = spec.global
    const value = (Object.hasOwn(systemProperties, systemProperty) ? systemProperties[systemProperty] : undefined) ?? env[environment]
    if (value !== undefined) all[key] = spec.kind === 'list' ? value.replaceAll(',', ' ') : value
  }
  return all
}
