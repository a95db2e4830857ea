// The contract's `taps` area.
import { os } from '../serve-link.ts'
import type { TapService } from '../tap-service.ts'

export function tapsRouter(taps: TapService) {
  return os.taps.router({
    open: os.taps.open.handler(({ input, context, signal }) => taps.open(input, context.bulk.open(input.bulk), signal)),
  })
}
