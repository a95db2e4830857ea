// The contract's `logs` area.
import type { LogService } from '../log-index/log-service.ts'
import { os } from '../serve-link.ts'

/** Bytes of rows in one frame: small enough that a scroll is answered at once, large enough to be few. */
const frameBytes = 256 * 1024
const lineFrameBytes = 64 * 1024

export function logsRouter(logs: LogService, opened: (path: string) => void) {
  return os.logs.router({
    list: os.logs.list.handler(({ signal }) => logs.list(signal)),
    open: os.logs.open.handler(async ({ input }) => {
      const summary = await logs.open(input.path)
      opened(summary.path)
      return summary
    }),
    openAt: os.logs.openAt.handler(async ({ input }) => {
      const { path, fileId, offset } = input
      const found = await logs.openAt({ path, offset, ...(fileId !== undefined && { fileId }) })
      opened(found.log.path)
      return found
    }),
    close: os.logs.close.handler(({ input }) => logs.close(input.id)),
    watch: os.logs.watch.handler(({ input, signal }) => logs.watch(input.id, signal)),
    rows: os.logs.rows.handler(async ({ input, context }) => {
      const { id, generation, cut } = input
      const transfer = context.bulk.open(input.bulk)
      let sent = 0
      try {
        while (sent < input.count && !transfer.signal.aborted) {
          const payload = await logs.rows({ id, generation, from: input.from + sent, count: input.count - sent, cut, budget: frameBytes })
          const rows = new DataView(payload.buffer, payload.byteOffset).getUint32(0, true)
          if (rows === 0) break
          await transfer.send(payload)
          sent += rows
        }
        return { generation, sent }
      } finally {
        transfer.end()
      }
    }),
    lineBytes: os.logs.lineBytes.handler(async ({ input, context }) => {
      const { id, generation, line } = input
      const transfer = context.bulk.open(input.bulk)
      let sent = 0
      try {
        while (sent < input.length && !transfer.signal.aborted) {
          const length = Math.min(lineFrameBytes, input.length - sent)
          const bytes = await logs.lineBytes({ id, generation, line, from: input.from + sent, length })
          if (bytes.length === 0) break
          await transfer.send(bytes)
          sent += bytes.length
        }
        return { sent }
      } finally {
        transfer.end()
      }
    }),
    search: os.logs.search.handler(({ input, signal }) => logs.search(input, signal)),
  })
}
