// Every configuration among the examples, and every one in a page of docs/, runs without an error; a real Flume runs it too where it says so.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { builtInRegistry } from '../../src-main/component/registry.ts'
import { asFlume } from '../../src-shared/flume/as-flume/as-flume.ts'
import { loadConfiguration } from '../../src-shared/flume/load-configuration.ts'
import { parseOptions } from '../../src-shared/spec/parse-options.ts'

const root = join(import.meta.dirname, '..', '..')
const registry = builtInRegistry()
const load = (text: string, file: string) =>
  loadConfiguration(text, { file, env: {}, systemProperties: {}, catalog: registry.definitions, now: new Date(0) })

describe('examples of agents', () => {
  const folder = join(root, 'examples', 'agents')
  /** A bare Flume has no Hadoop libraries; with them it starts these too. */
  const needHadoop = ['hourly-to-hdfs.properties']

  test.each(readdirSync(folder))('examples/agents/%s loads without any problem, and a real Flume starts all of it', (name) => {
    const bytes = readFileSync(join(folder, name))
    const { agents, problems } = load(bytes.toString('utf8'), name)
    expect(problems).toEqual([])
    for (const agent of agents) {
      const verdict = asFlume(bytes, {
        agent: agent.name,
        env: {},
        systemProperties: {},
        now: new Date(0),
        runFilterCommand: () => undefined,
      })
      if (needHadoop.includes(name)) {
        expect(verdict).toMatchObject({
          valid: true,
          errors: [],
          instantiated: { fatalMessage: expect.stringContaining('org/apache/hadoop') },
        })
        continue
      }
      expect(verdict).toMatchObject({
        valid: true,
        errors: [],
        instantiated: {
          channels: agent.channels.map((channel) => channel.name).sort(),
          sources: agent.sources.map((source) => source.name).sort(),
        },
      })
    }
  })

  test.each(['docs/migrating-from-flume.md', 'README.md'])(
    'every properties block of %s that names an agent loads without an error',
    (page) => {
      const blocks = [...readFileSync(join(root, page), 'utf8').matchAll(/```properties\n([\s\S]*?)```/g)].map((match) => match[1]!)
      for (const block of blocks.filter((text) => /\.(?:sources|sinks) = /.test(text))) {
        expect(load(block, page).problems.filter((problem) => problem.severity === 'error')).toEqual([])
      }
    },
  )

  test('every example of a component’s definition has options that it takes', () => {
    const wrong = registry.definitions.flatMap(({ kind, type, properties, examples }) =>
      examples.flatMap((example) => {
        const values = Object.fromEntries(
          example.properties.split('\n').flatMap((line) => {
            const match = /^([^=#\s]+)\s*=\s*(.*)$/.exec(line)
            return match === null ? [] : [[match[1]!, match[2]!.replaceAll('\\\\', '\\')]]
          }),
        )
        const { problems } = parseOptions(properties, values, [
          'type',
          'channel',
          'channels',
          'selector.*',
          'interceptors',
          'interceptors.*',
        ])
        return problems.map((problem) => `${kind} ${type} (${example.title}): ${problem.message}`)
      }),
    )
    expect(wrong).toEqual([])
  })
})
