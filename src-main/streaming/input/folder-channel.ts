// A durable channel that another process runs, or none: read from its folder.
import { openLogReader } from '../../agent/channel/log/log-reader.ts'
import type { ChannelFolder } from '../program/program-messages.ts'
import type { StreamChannel } from '../program/stream-runner.ts'

/** Throws NOT_FOUND when there is no channel in the folder. It pins nothing: the channel's retention has to be long enough. */
export function folderChannel({ name, folder }: ChannelFolder): StreamChannel & Disposable {
  const reader = openLogReader(folder)
  return { name, folder, extent: () => reader.extent(), [Symbol.dispose]: () => reader.close() }
}
