// Mask: hides what must not be kept (card numbers, addresses, tokens) before an event reaches a channel, so that it never reaches the disk.
// Millrace's own. What a pattern matches is replaced by its method; where a pattern has a group named `secret`, only that part is.
import { createHmac } from 'node:crypto'
import { MillraceError } from '../../../src-shared/errors.ts'
import { withBodies, withHeaderColumn, withSharedHeaders } from '../../../src-shared/event/build-batch.ts'
import { bodyAt, type EventBatch, type Headers } from '../../../src-shared/event/event-batch.ts'
import { list, map, oneOf, string } from '../../../src-shared/spec/property.ts'
import { defineInterceptor } from '../../component/define.ts'

/** Patterns by name, for what people mask most. Each is written to be fast on lines that do not match. */
const builtInPatterns: Readonly<Record<string, string>> = {
  email: String.raw`[\w.+-]+@[\w-]+(?:\.[\w-]+)+`,
  ipv4: String.raw`\b(?:\d{1,3}\.){3}\d{1,3}\b`,
  card: String.raw`\b\d(?:[ -]?\d){12,18}\b`,
  bearer: String.raw`\b[Bb]earer +(?<secret>[\w.~+/-]+=*)`,
  password: String.raw`\b(?:password|passwd|pwd|secret|token|api[_-]?key)["']?\s*[=:]\s*["']?(?<secret>[^\s"'&,;]+)`,
}

export const definition = defineInterceptor({
  type: 'mask',
  summary: 'Hides parts of bodies and headers before they reach a channel.',
  properties: {
    patterns: list()
      .default([])
      .describe(`Blank-separated names: ${Object.keys(builtInPatterns).join(', ')}, or names given by pattern.<name>.`),
    'pattern.*': map(string()).describe('A regular expression of your own by name. A group (?<secret>…) limits what is hidden.'),
    method: oneOf('redact', 'hash', 'keep-last-4', 'remove')
      .default('redact')
      .describe(
        'redact: the replacement; hash: keyed, the same secret gives the same text; keep-last-4: stars but for four; remove: nothing.',
      ),
    replacement: string().default('***').describe('What redact puts there.'),
    keyEnvironment: string()
      .default('MILLRACE_MASK_KEY')
      .describe('Environment variable that holds the key of method hash. The key itself is never written in a file.'),
    headers: list().default([]).describe('Headers whose values are masked too, by the same patterns.'),
  },
  examples: [{ title: 'Mail addresses and bearer tokens never reach the disk', properties: 'patterns = email bearer' }],
  create: (options, context) => {
    const names = [...new Set([...options.patterns, ...Object.keys(options['pattern.*'])])]
    if (names.length === 0)
      throw new MillraceError(
        'BAD_CONFIGURATION',
        `mask has no pattern. Set patterns (${Object.keys(builtInPatterns).join(', ')}) or pattern.<name>.`,
      )
    const patterns = names.map((name) => compiled(name, options['pattern.*'][name] ?? builtInPatterns[name]))
    const hide = hiding(options.method, options.replacement, options.method === 'hash' ? keyOf(options.keyEnvironment) : undefined)

    const masked = (text: string): string => {
      let result = text
      for (const pattern of patterns) result = maskMatches(result, pattern, hide)
      return result
    }

    return {
      intercept(batch: EventBatch): EventBatch {
        const hidden = maskHeaders(maskBodies(batch, masked), options.headers, masked)
        if (hidden.changed > 0) context.counters.add('EventMaskedCount', hidden.changed)
        return hidden.batch
      },
    }
  },
})

/** Bodies are read as Latin-1, byte for byte, so that binary and broken UTF-8 pass unharmed; patterns see UTF-8's bytes as characters. */
function maskBodies(batch: EventBatch, masked: (text: string) => string): { batch: EventBatch; changed: number } {
  let changed = 0
  const bodies: Uint8Array[] = []
  for (let index = 0; index < batch.count; index++) {
    const body = bodyAt(batch, index)
    const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1')
    const result = masked(text)
    if (result !== text) changed++
    bodies.push(result === text ? body : Buffer.from(result, 'latin1'))
  }
  return changed === 0 ? { batch, changed } : { batch: withBodies(batch, bodies), changed }
}

function maskHeaders(
  from: { batch: EventBatch; changed: number },
  names: readonly string[],
  masked: (text: string) => string,
): { batch: EventBatch; changed: number } {
  let { batch } = from
  for (const name of names) {
    const shared = batch.shared[name]
    if (typeof shared === 'string') batch = withSharedHeaders(batch, { [name]: masked(shared) } satisfies Headers)
    const column = batch.columns.find((candidate) => candidate.name === name)
    if (column !== undefined)
      batch = withHeaderColumn(batch, { ...column, values: column.values.map((value) => (value === null ? null : masked(value))) })
  }
  return { batch, changed: from.changed }
}

function maskMatches(text: string, pattern: RegExp, hide: (secret: string) => string): string {
  let result = ''
  let end = 0
  for (const match of text.matchAll(pattern)) {
    const [from, to] = match.indices?.groups?.['secret'] ?? [match.index, match.index + match[0].length]
    result += text.slice(end, from) + hide(text.slice(from, to))
    end = to
  }
  return result + text.slice(end)
}

function hiding(
  method: 'redact' | 'hash' | 'keep-last-4' | 'remove',
  replacement: string,
  key: string | undefined,
): (secret: string) => string {
  switch (method) {
    case 'redact':
      return () => replacement
    case 'remove':
      return () => ''
    case 'keep-last-4':
      return (secret) =>
        '*'.repeat(Math.max(0, secret.length - 4)) + (secret.length > 4 ? secret.slice(-4) : '****'.slice(0, secret.length))
    case 'hash':
      return (secret) => createHmac('sha256', key!).update(secret, 'latin1').digest('hex').slice(0, 16)
  }
}

function keyOf(variable: string): string {
  const key = process.env[variable]
  if (key === undefined || key === '')
    throw new MillraceError('BAD_CONFIGURATION', `method = hash needs a key in the environment variable ${variable}, which is not set.`)
  return key
}

function compiled(name: string, source: string | undefined): RegExp {
  if (source === undefined)
    throw new MillraceError(
      'BAD_CONFIGURATION',
      `There is no pattern ${name}. Known are ${Object.keys(builtInPatterns).join(', ')}; give your own by pattern.${name}.`,
    )
  try {
    // Where a group stands is asked for only where there is one: it costs.
    return new RegExp(source, source.includes('(?<secret>') ? 'dg' : 'g')
  } catch (error) {
    throw new MillraceError('BAD_CONFIGURATION', `pattern.${name} = ${source} is not a regular expression`, { cause: error })
  }
}
