// keepFields of Flume's syslog sources: which leading fields stay in the body.

export type SyslogField = 'priority' | 'version' | 'timestamp' | 'hostname'

/** `all`: the whole line; otherwise the fields that stay. */
export type KeepFields = 'all' | ReadonlySet<SyslogField>

const fields: readonly SyslogField[] = ['priority', 'version', 'timestamp', 'hostname']

/** `none`/`false`, `all`/`true`, or any text in which names of fields are found, as Flume searches it. */
export function parseKeepFields(text: string): KeepFields {
  const word = text.trim().toLowerCase()
  if (word === 'all' || word === 'true') return 'all'
  if (word === 'none' || word === 'false') return new Set()
  return new Set(fields.filter((field) => word.includes(field)))
}

export interface LeadingFields {
  readonly priority: string
  readonly version: string | undefined
  readonly timestamp: string
  readonly host: string
}

/** The message with the fields that stay before it, in Flume's fixed order; no blank after the priority. */
export function withKeptFields(keep: ReadonlySet<SyslogField>, found: LeadingFields, message: string): string {
  let body = ''
  if (keep.has('priority')) body += `<${found.priority}>`
  if (keep.has('version') && found.version !== undefined && found.version !== '') body += `${found.version} `
  if (keep.has('timestamp')) body += `${found.timestamp} `
  if (keep.has('hostname')) body += `${found.host} `
  return body + message
}
