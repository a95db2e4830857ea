import { expect, test } from 'vitest'
import { definition as sink } from '../../../src-main/agent/sink/thrift-sink.ts'
import { definition as source } from '../../../src-main/agent/source/thrift-source.ts'
import { parseOptions } from '../../../src-shared/spec/parse-options.ts'

test.each([
  ['binary', 'binary'],
  ['BINARY', 'compact'],
  ['Compact', 'compact'],
])('protocol = %s speaks %s, as in Flume', (written, spoken) => {
  const values = { protocol: written, port: '1' }
  expect(parseOptions(sink.properties, { ...values, hostname: 'h' }).options?.protocol).toBe(spoken)
  expect(parseOptions(source.properties, { ...values, bind: 'h' }).options?.protocol).toBe(spoken)
})

test('another protocol: a source refuses it, a sink takes it for none', () => {
  const values = { protocol: 'json', port: '1' }
  expect(parseOptions(source.properties, { ...values, bind: 'h' }).options).toBeUndefined()
  expect(parseOptions(sink.properties, { ...values, hostname: 'h' }).options?.protocol).toBe('compact')
})
