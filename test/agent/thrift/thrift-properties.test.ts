import { expect, test } from 'vitest'
import { definition as avroSink } from '../../../src-main/agent/sink/avro-sink.ts'
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

test('a request-timeout that is no number: the Thrift sink is refused, an Avro sink has its default', () => {
  const values = { 'request-timeout': 'x', port: '1', hostname: 'h' }
  expect(parseOptions(sink.properties, values).options).toBeUndefined()
  expect(parseOptions(avroSink.properties, values).options?.['request-timeout']).toBe(20_000)
})

test('a reset-connection-interval below 0 is taken: the connection is never made anew', () => {
  expect(parseOptions(sink.properties, { 'reset-connection-interval': '-1', port: '1', hostname: 'h' }).problems).toEqual([])
})
