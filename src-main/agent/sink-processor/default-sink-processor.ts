// sink processor `default`: one sink, as without a group.
import { MillraceError } from '../../../src-shared/errors.ts'
import { defineSinkProcessor } from '../../component/define.ts'

export const definition = defineSinkProcessor({
  type: 'default',
  className: 'org.apache.flume.sink.DefaultSinkProcessor',
  summary: 'Runs the one sink of the group.',
  properties: {},
  examples: [{ title: 'A group of one', properties: '' }],
  create: (_, { sinks }) => {
    const [only] = sinks
    if (only === undefined || sinks.length > 1) {
      throw new MillraceError(
        'BAD_CONFIGURATION',
        'The default processor takes exactly one sink. Choose failover or load_balance for more.',
      )
    }
    return { process: () => only.sink.process() }
  },
})
