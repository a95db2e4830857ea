// A process that opens the channel in a folder, puts one event, says so and holds it until it is killed.
import { openThreadWriter } from '../../../../src-main/agent/channel/log/log-writer.ts'
import { messageOf } from '../../../../src-shared/errors.ts'
import { logChannel, numbered, put } from '../../../driver/log-channel-driver.ts'

const channel = logChannel({ folder: process.argv[2]!, deps: { openWriter: openThreadWriter } })
try {
  await channel.start()
  await put(channel, numbered(0, 1))
  process.stdout.write('holding\n')
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`)
  process.exit(1)
}
