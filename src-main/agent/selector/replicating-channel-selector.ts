// selector `replicating`: every event goes to every channel of the source.

import { list } from '../../../src-shared/spec/property.ts'
import { defineSelector } from '../../component/define.ts'

export const definition = defineSelector({
  type: 'replicating',
  className: 'org.apache.flume.channel.ReplicatingChannelSelector',
  summary: 'Puts every event on every channel of the source.',
  properties: {
    optional: list()
      .default([])
      .describe('Channels that may refuse an event without a retry. A name that is no channel of the source is passed over.'),
  },
  examples: [{ title: 'A copy that may fail', properties: 'optional = c2' }],
  create: ({ optional }, { channels }) => {
    const required = channels.flatMap((name, index) => (optional.includes(name) ? [] : [index]))
    const neverRequired = channels.flatMap((name, index) => (optional.includes(name) ? [index] : []))
    const routes = [{ required, optional: neverRequired }]
    return { neverRequired, select: () => routes }
  },
})
