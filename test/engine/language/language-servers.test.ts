import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { LanguageServers } from '../../../src-main/engine/language/language-servers.ts'
import { loggerTo } from '../../../src-main/log.ts'
import type { LanguageEvent } from '../../../src-shared/contract/language.ts'
import { temporaryFolder } from '../../driver/temporary-folder.ts'
import { connect, testEngine } from '../../driver/test-engine.ts'
import { until } from '../../driver/until.ts'

const program = `import { seconds, StreamingContext } from 'millrace'

const ssc = new StreamingContext({ appName: 'lengths', batchDuration: seconds(1) })
const lines = ssc.socketTextStream('localhost', 9999)
const wrong: number = lines.map((line) => line.length)
lines.map((line) => line.)
ssc.start()
await ssc.awaitTermination()
`

async function server() {
  const { engine } = connect((await testEngine()).engine)
  const iterator = (await engine.language.connect())[Symbol.asyncIterator]() as AsyncIterator<LanguageEvent>
  const { session } = (await iterator.next()).value as { session: number }
  let last = 0
  const request = async <T>(method: string, params: unknown): Promise<T> => {
    const id = ++last
    await engine.language.send({ session, message: JSON.stringify({ jsonrpc: '2.0', id, method, params }) })
    for (;;) {
      const { message } = (await iterator.next()).value as { message: string }
      const answer = JSON.parse(message) as { id?: number; method?: string; result: T }
      if (answer.id === id && answer.method === undefined) return answer.result
    }
  }
  const notify = (method: string, params: unknown) =>
    engine.language.send({ session, message: JSON.stringify({ jsonrpc: '2.0', method, params }) })
  await request('initialize', { processId: null, rootUri: null, capabilities: {} })
  await notify('initialized', {})
  return { engine, iterator, session, request, notify }
}

test('a program in any folder is completed with the types of what it imports, once its folder has a tsconfig.json', async () => {
  const { engine, request, notify } = await server()
  const file = join(temporaryFolder(), 'with space.ts')
  writeFileSync(file, program)
  expect(await engine.language.types({ file })).toMatchObject({ known: false })
  const { configFile } = await engine.language.writeTypes({ file })
  expect(await engine.language.types({ file })).toEqual({ known: true, configFile })

  const uri = pathToFileURL(file).href
  await notify('textDocument/didOpen', { textDocument: { uri, languageId: 'typescript', version: 1, text: program } })
  const found = await request<{ items: { label: string }[] }>('textDocument/completion', {
    textDocument: { uri },
    position: { line: 5, character: 'lines.map((line) => line.'.length },
  })
  expect(found.items.map((item) => item.label)).toContain('charCodeAt')
  const { items } = await request<{ items: { severity: number; message: string; range: { start: { line: number } } }[] }>(
    'textDocument/diagnostic',
    {
      textDocument: { uri },
    },
  )
  const byLine = new Map(items.filter((item) => item.severity === 1).map((item) => [item.range.start.line, item.message]))
  expect([...byLine.keys()].sort()).toEqual([4, 5])
  expect(byLine.get(4)).toContain("'DStream<number>' is not assignable to type 'number'")
})

test('a tsconfig.json that is there is never touched', async () => {
  const { engine } = connect((await testEngine()).engine)
  const folder = temporaryFolder()
  const file = join(folder, 'p.ts')
  writeFileSync(join(folder, 'tsconfig.json'), '{}')
  await expect(engine.language.writeTypes({ file })).rejects.toMatchObject({ code: 'CONFLICT' })
  expect(readFileSync(join(folder, 'tsconfig.json'), 'utf8')).toBe('{}')
  expect(await engine.language.types({ file })).toMatchObject({ known: true })
})

test('a message to a server whose subscription was left is refused', async () => {
  const { engine, iterator, session } = await server()
  await iterator.return?.()
  await until('the end of the session', () =>
    engine.language.send({ session, message: '{}' }).then(
      () => false,
      (error: { code?: string }) => error.code === 'NOT_FOUND',
    ),
  )
})

test('a server that is ended because its window is gone says nothing in the output', async () => {
  const said: string[] = []
  const servers = new LanguageServers(loggerTo((_, sentence) => said.push(sentence)))
  const children = (): number => process.getActiveResourcesInfo().filter((each) => each === 'ProcessWrap').length
  const left = new AbortController()
  const events = servers.connect(left.signal)
  await events.next()
  expect(children()).toBeGreaterThan(0)
  left.abort()
  await events.return()
  await until('the process is gone', () => children() === 0)
  expect(said).toEqual([])
})
