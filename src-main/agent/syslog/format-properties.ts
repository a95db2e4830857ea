// Properties and options that Flume's syslog sources share.
import { MillraceError } from '../../../src-shared/errors.ts'
import { javaRegex, javaRegexWhole } from '../../../src-shared/regex/java-regex.ts'
import { string } from '../../../src-shared/spec/property.ts'
import { dateParser } from '../serialization/java-date-parser.ts'
import type { CustomFormat } from './syslog-utils.ts'

export const syslogProperties = {
  keepFields: string().default('none').describe('none, all, or which of priority version timestamp hostname stay in the body.'),
  clientIPHeader: string().optional().describe('Header that gets the sender’s address.'),
  clientHostnameHeader: string().optional().describe('Header that gets the sender’s host name.'),
}

export const formatProperties = {
  'format.regex': string()
    .optional()
    .describe('A pattern of your own, tried first on the whole line; groups: 1 priority, 2 version, 3 timestamp, 4 host, 5 body.'),
  'format.search': string().optional().describe('Replaced in the timestamp before it is read.'),
  'format.replace': string().optional().describe('What format.search is replaced by.'),
  'format.dateFormat': string().optional().describe('Java date pattern of the timestamp.'),
}

interface FormatOptions {
  readonly 'format.regex': string | undefined
  readonly 'format.search': string | undefined
  readonly 'format.replace': string | undefined
  readonly 'format.dateFormat': string | undefined
}

/** Throws BAD_CONFIGURATION for an expression that cannot be used. */
export function customFormat(options: FormatOptions): CustomFormat | undefined {
  const regex = options['format.regex']
  if (regex === undefined) return undefined
  const pattern = options['format.dateFormat']
  const search = options['format.search']
  const parseTime = pattern === undefined ? () => undefined : dateParser(pattern, 'SimpleDateFormat')
  try {
    return {
      regex: javaRegexWhole(regex),
      ...(search !== undefined && { search: javaRegex(search, 'g') }),
      replace: options['format.replace'] ?? '',
      parseTime,
    }
  } catch (error) {
    throw new MillraceError('BAD_CONFIGURATION', `format.regex or format.search ${(error as Error).message}`, { cause: error })
  }
}
