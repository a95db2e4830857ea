// selector `multiplexing`: which channels an event goes to depends on one of its headers.
import { MillraceError } from '../../../src-shared/errors.ts'
import { type EventBatch, headerAt } from '../../../src-shared/event/event-batch.ts'
import { list, map, string } from '../../../src-shared/spec/property.ts'
import { defineSelector, type Route } from '../../component/define.ts'

export const definition = defineSelector({
  type: 'multiplexing',
  className: 'org.apache.flume.channel.MultiplexingChannelSelector',
  summary: 'Chooses the channels of an event by the value of a header.',
  properties: {
    header: string().default('flume.selector.header').describe('Name of the header.'),
    'mapping.*': map(list()).describe('mapping.<value>: channels for events with that value.'),
    default: list().default([]).describe('Channels for all others. Without it they go nowhere; the source counts them as left out.'),
    'optional.*': map(list()).describe('optional.<value>: further channels for that value, which may refuse an event without a retry.'),
  },
  examples: [{ title: 'By country', properties: 'header = state\nmapping.CZ = c1\nmapping.US = c2 c3\ndefault = c4' }],
  create: (options, { channels }) => {
    const indexes = (key: string, names: readonly string[]): number[] => {
      const unknown = names.filter((name) => !channels.includes(name))
      if (unknown.length > 0) {
        throw new MillraceError(
          'BAD_CONFIGURATION',
          `selector.${key} names ${unknown.join(', ')}, which is no channel of this source (${channels.join(', ')}).`,
        )
      }
      return names.map((name) => channels.indexOf(name))
    }
    const required = new Map(Object.entries(options['mapping.*']).map(([value, names]) => [value, indexes(`mapping.${value}`, names)]))
    const optional = new Map(Object.entries(options['optional.*']).map(([value, names]) => [value, indexes(`optional.${value}`, names)]))
    const otherwise = indexes('default', options.default)
    const used = new Set([...required.values(), otherwise].flat())
    const routeFor = (value: string): Route => {
      const needed = value.trim() === '' ? otherwise : (required.get(value) ?? otherwise)
      return { required: needed, optional: (optional.get(value) ?? []).filter((channel) => !needed.includes(channel)) }
    }
    return {
      neverRequired: channels.flatMap((_, index) => (used.has(index) ? [] : [index])),
      mixesUses: [...optional.keys()].some((value) => routeFor(value).optional.some((channel) => used.has(channel))),
      select: (batch) => [...rowsByValue(batch, options.header)].map(([value, rows]) => ({ ...routeFor(value), ...(rows && { rows }) })),
    }
  },
})

/** Values of the header in order of first use, with their rows; one entry without rows when all events share the value. */
function rowsByValue(batch: EventBatch, header: string): Map<string, Uint32Array | undefined> {
  if (!batch.columns.some((column) => column.name === header)) return new Map([[batch.shared[header] ?? '', undefined]])
  const rows = new Map<string, number[]>()
  for (let row = 0; row < batch.count; row++) {
    const value = headerAt(batch, row, header) ?? ''
    const known = rows.get(value)
    if (known === undefined) rows.set(value, [row])
    else known.push(row)
  }
  return new Map([...rows].map(([value, some]) => [value, Uint32Array.from(some)]))
}
