// The format that a parse operator names.
import { parsedSchema } from '../../../../src-shared/streaming/structured/output-schema.ts'
import type { ParseOperator } from '../../../../src-shared/streaming/structured/plan.ts'
import { accessLog } from './access-log.ts'
import { csv } from './csv.ts'
import type { Format } from './format.ts'
import { json } from './json.ts'
import { keyValue, logfmt } from './pairs.ts'
import { regex } from './regex.ts'
import { syslog } from './syslog.ts'

export function formatOf(operator: ParseOperator): Format {
  switch (operator.format) {
    case 'common':
    case 'combined':
      return accessLog(operator.format)
    case 'syslog':
      return syslog
    case 'json':
      return json(operator.fields)
    case 'csv':
      return csv(operator.fields, operator.separator, operator.quote)
    case 'logfmt':
      return logfmt(operator.fields)
    case 'key-value':
      return keyValue(operator.fields, operator.separator, operator.assign)
    case 'regex':
      return regex(parsedSchema(operator), operator.pattern)
  }
}
