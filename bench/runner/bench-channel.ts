// A durable channel as benches have it: as its definition has it by default, with room enough and one folder.
import { LogChannel, type LogChannelDeps, type LogChannelOptions } from '../../src-main/agent/channel/log/log-channel.ts'
import { recentBytes } from '../../src-main/agent/channel/log/log-settings.ts'
import { systemClock } from '../../src-main/clock.ts'
import { silentLogger } from '../../src-main/log.ts'
import { smallLog } from '../../test/driver/log-channel-driver.ts'

export function benchChannel(folder: string, options: Partial<LogChannelOptions> = {}, deps: Partial<LogChannelDeps> = {}): LogChannel {
  return new LogChannel(
    {
      ...smallLog(folder),
      capacity: 100_000_000,
      transactionCapacity: 100_000,
      keepAliveMs: 3000,
      syncIntervalMs: 5000,
      recentBytes,
      reserveBytes: 4 * 2 ** 20,
      ...options,
    },
    { clock: systemClock, log: silentLogger, trouble: () => {}, ...deps },
  )
}
