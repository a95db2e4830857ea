// Lines to the syslog sources: each becomes an event, whole or marked, and none of its bytes is held beyond the longest message.
import { parseKeepFields } from '../../../src-main/agent/syslog/keep-fields.ts'
import { SizedLines } from '../../../src-main/agent/syslog/sized-lines.ts'
import { parseSyslogMessage } from '../../../src-main/agent/syslog/syslog-parser.ts'
import { SyslogUtils } from '../../../src-main/agent/syslog/syslog-utils.ts'
import { assert, expected, type FuzzTarget } from '../fuzz-target.ts'

const eventSize = 2500
const now = Date.UTC(2024, 1, 29)
const lines = [
  '<13>Feb  5 17:32:18 host message\n',
  '<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - an application event\n',
  '<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It is time\n',
  '<191>2024-02-29T23:59:60+14:00 h [a@1 b="c"] text\n',
  'no priority at all\n<13>\n<>x\n<1234>y\n<13',
  '<13>Oct 11 22:14:15 ümläut € text 😀\n\n\n',
]

export const target: FuzzTarget = {
  corpus: lines.map((line) => Buffer.from(line)),
  words: ['<13>', '\n', '-', '2024-02-30T25:61:61.999999999Z', 'Feb 31 24:00:00', '+99:99', ' '.repeat(3000), '\0', '[', ']', '"'],
  run(input) {
    for (const keep of ['none', 'all', 'priority hostname'].map(parseKeepFields)) {
      const parser = new SyslogUtils({ eventSize, keep, now: () => now })
      for (let at = 0; at < input.length; at += 700) {
        for (const event of parser.read(input.subarray(at, at + 700))) assert(event.body.length <= eventSize * 2, 'An event is too long.')
        assert(parser.heldBytes <= eventSize, 'More is held than the longest message.')
      }
      new SyslogUtils({ eventSize: 65_536, keep, now: () => now }).readDatagram(input.subarray(0, 65_507))
      const sized = new SizedLines(eventSize)
      for (const { line } of sized.read(input)) {
        try {
          parseSyslogMessage(Buffer.from(line).toString(), keep, now)
        } catch (error) {
          // The one refusal that the source expects: such a line is an event marked Invalid.
          expected(error, RangeError)
          assert(!/call stack|Invalid (array|string) length/.test((error as Error).message), (error as Error).message)
        }
      }
    }
  },
}
