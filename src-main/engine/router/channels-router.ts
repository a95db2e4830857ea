// The contract's `channels` area.
import type { ChannelService } from '../channel-service.ts'
import { os } from '../serve-link.ts'

export function channelsRouter(channels: ChannelService) {
  return os.channels.router({
    list: os.channels.list.handler(({ signal }) => channels.list(signal)),
    describe: os.channels.describe.handler(({ input }) => channels.describe(input.id)),
    check: os.channels.check.handler(({ input }) => channels.check(input.id)),
    repair: os.channels.repair.handler(({ input }) => channels.repair(input.id)),
    forgetHistory: os.channels.forgetHistory.handler(({ input }) => channels.forgetHistory(input.id)),
    release: os.channels.release.handler(({ input }) => channels.release(input.id, input.consumer)),
    skipToNow: os.channels.skipToNow.handler(({ input }) => channels.skipToNow(input.id, input.consumer)),
  })
}
