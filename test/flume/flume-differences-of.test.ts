// The notes “a real Flume would …” beside a configuration that Millrace runs: each at the component that they are about.
import { expect, test } from 'vitest'
import { builtInRegistry } from '../../src-main/component/registry.ts'
import { asFlume } from '../../src-shared/flume/as-flume/as-flume.ts'
import { flumeDifferencesOf } from '../../src-shared/flume/flume-differences-of.ts'
import { loadConfiguration } from '../../src-shared/flume/load-configuration.ts'

const environment = { env: {}, systemProperties: {}, now: new Date(0) }

function notesOf(text: string) {
  const loaded = loadConfiguration(text, { file: 'f', catalog: builtInRegistry().definitions, ...environment })
  const verdict = asFlume(Buffer.from(text), { agent: 'a1', ...environment, runFilterCommand: () => undefined })
  return flumeDifferencesOf(loaded.agents[0]!, verdict, 'f', loaded.problems)
}

const text = `a1.sources = r1
a1.channels = c1 c2
a1.sinks = k1 k2
a1.sources.r1.type = seq
a1.sources.r1.channels = c1 c2
a1.channels.c1.type = sqlite
a1.channels.c2.type = memory
a1.sinks.k1.type = org.apache.spark.streaming.flume.sink.SparkSink
a1.sinks.k1.hostname = 127.0.0.1
a1.sinks.k1.port = 9999
a1.sinks.k1.channel = c1
a1.sinks.k2.type = null
a1.sinks.k2.channel = c2
`

test('each type that a real Flume cannot load is named at its own line, and nothing else', () => {
  expect(notesOf(text)).toMatchObject([
    {
      line: 6,
      component: 'a1.channels.c1',
      message: 'A real Flume runs nothing of agent a1 because of this channel: it cannot load sqlite.',
    },
    {
      line: 8,
      component: 'a1.sinks.k1',
      message: expect.stringContaining('because of this sink: it cannot load org.apache.spark'),
    },
  ])
})

test('a file that a real Flume runs as it is has none', () => {
  const runs = text.replace('sqlite', 'memory').replace(/a1\.sinks\.k1\.type.*/, 'a1.sinks.k1.type = logger')
  expect(notesOf(runs)).toEqual([])
})

test('what ends a real Flume for another reason is said of the agent', () => {
  const grouped = `${text.replace('sqlite', 'memory').replace(/a1\.sinks\.k1\.type.*/, 'a1.sinks.k1.type = logger')}a1.sinkgroups = g\na1.sinkgroups.g.processor.type = failover\n`
  expect(notesOf(grouped)).toMatchObject([
    { component: 'a1', message: expect.stringContaining('A real Flume does not read this file at all') },
  ])
})
