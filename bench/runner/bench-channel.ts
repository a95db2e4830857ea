// A durable channel as benches have it: room enough, one segment, and what a bench says otherwise.
import { LogChannel, type LogChannelDeps, type LogChannelOptions } from '../../src-main/agent/channel/log/log-channel.ts'
import { systemClock } from '../../src-main/clock.ts'
import { silentLogger } from '../../src-main/log.ts'

export function benchChannel(folder: string, options: Partial<LogChannelOptions> = {}, deps: Partial<LogChannelDeps> = {}): LogChannel {
  return new LogChannel(
    {
      name: 'c1',
      log: { folder, dataFolders: [folder] },
      capacity: 100_000_000,
      transactionCapacity: 100_000,
      keepAliveMs: 3000,
      durability: 'commit',
      syncIntervalMs: 5000,
      retention: { bytes: 2 ** 30, ageMs: 86_400_000 },
      segmentBytes: 256 * 2 ** 20,
      recentBytes: 32 * 2 ** 20,
      reserveBytes: 4 * 2 ** 20,
      ...options,
    },
    { clock: systemClock, log: silentLogger, trouble: () => {}, ...deps },
  )
}
