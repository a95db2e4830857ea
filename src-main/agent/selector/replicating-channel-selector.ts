// selector `replicating`: every event goes to every channel of the source.

import { MillraceError } from '../../../src-shared/errors.ts'
import { list } from '../../../src-shared/spec/property.ts'
import { defineSelector } from '../../component/define.ts'

export const definition = defineSelector({
  type: 'replicating',
  className: 'org.apache.flume.channel.ReplicatingChannelSelector',
  summary: 'Puts every event on every channel of the source.',
  properties: {
    optional: list().default([]).describe('Channels that may refuse an event without a retry.'),
  },
  examples: [{ title: 'A copy that may fail', properties: 'optional = c2' }],
  create: ({ optional }, { channels }) => {
    const unknown = optional.filter((name) => !channels.includes(name))
    if (unknown.length > 0) {
      throw new MillraceError(
        'BAD_CONFIGURATION',
        `selector.optional names ${unknown.join(', ')}, which is no channel of this source (${channels.join(', ')}).`,
      )
    }
    const required = channels.flatMap((name, index) => (optional.includes(name) ? [] : [index]))
    const neverRequired = channels.flatMap((name, index) => (optional.includes(name) ? [index] : []))
    const routes = [{ required, optional: neverRequired }]
    return { neverRequired, select: () => routes }
  },
})
