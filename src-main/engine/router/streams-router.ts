// The contract's `streams` area.
import { os } from '../serve-link.ts'
import type { StreamService } from '../stream/stream-service.ts'

export function streamsRouter(streams: StreamService) {
  return os.streams.router({
    list: os.streams.list.handler(({ signal }) => streams.list(signal)),
    open: os.streams.open.handler(({ input }) => streams.open(input.path)),
    close: os.streams.close.handler(({ input }) => streams.close(input.id)),
    start: os.streams.start.handler(({ input }) => streams.start(input.id, input.approve)),
    stop: os.streams.stop.handler(({ input }) => streams.stop(input.id)),
    batches: os.streams.batches.handler(({ input, signal }) => streams.batches(input.id, input.limit, signal)),
    batch: os.streams.batch.handler(({ input }) => streams.batch(input.id, input.batchTime)),
    program: os.streams.program.handler(({ input, signal }) => streams.program(input.id, signal)),
    saveProgram: os.streams.saveProgram.handler(({ input }) => streams.saveProgram(input)),
    checkProgram: os.streams.checkProgram.handler(({ input }) => streams.checkProgram(input.id, input.text)),
    replay: os.streams.replay.handler(({ input }) => streams.replay(input.id, input.batchTime, input.text)),
    rest: os.streams.rest.handler(({ input }) => streams.rest(input.path, input.query)),
    output: os.streams.output.handler(({ input, signal }) => streams.output(input.id, input.after, signal)),
  })
}
