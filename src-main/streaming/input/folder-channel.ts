// A durable channel that another process runs, or none: read from its folder. Its cursor moves by wishes that the channel follows.
import { openLogReader } from '../../agent/channel/log/log-reader.ts'
import { leaveWish, wishOf } from '../../agent/channel/log/stream-mailbox.ts'
import type { Clock } from '../../clock.ts'
import type { ChannelFolder } from '../program/program-messages.ts'
import type { StreamChannel } from './stream-channel.ts'

/** A wish costs two small file operations: not with every batch of 10 ms. */
const wishEveryMs = 500

/** The channel in a folder as stream `stream` sees it. Throws NOT_FOUND when there is none. */
export function folderChannel({ name, folder }: ChannelFolder, stream: string, clock: Clock): StreamChannel & Disposable {
  const reader = openLogReader(folder)
  const wish = wishOf(folder, stream)
  const position = wish !== undefined && 'position' in wish ? wish.position : undefined
  let wished = Number.NEGATIVE_INFINITY
  let held: number | undefined
  const leave = (ordinal: number): void => {
    wished = clock.monotonic()
    held = undefined
    leaveWish(folder, stream, { position: ordinal })
  }
  return {
    name,
    folder,
    extent: () => reader.extent(),
    advance: async (ordinal) => {
      held = ordinal
      if (clock.monotonic() - wished >= wishEveryMs) leave(ordinal)
    },
    release: () => leaveWish(folder, stream, { released: true }),
    ...(position !== undefined && { position }),
    [Symbol.dispose]: () => {
      if (held !== undefined) leave(held)
      reader.close()
    },
  }
}
