// The example programs, each run as it stands: its own context on a clock that the test moves.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { StreamingContext } from '../../src-main/streaming/streaming-context.ts'
import { StreamingTestDriver } from '../../src-main/streaming/testing.ts'

afterEach(async () => {
  await StreamingContext.getActive()?.stop()
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  vi.useRealTimers()
})

/** Elements that `print()` showed, without the frames. */
const printed = (stdout: string): string[] => stdout.split('\n').filter((line) => line !== '' && !/^(-+|Time: \d+ ms)$/.test(line))

/** Runs batches until the condition holds; what it waits for comes from real sockets and timers. */
async function advanceUntil(driver: StreamingTestDriver, done: () => boolean): Promise<void> {
  for (let turn = 0; turn < 4000 && !done(); turn++) {
    await new Promise((resolve) => setTimeout(resolve, 5))
    await driver.advance(1)
  }
}

test('hello-world prints what a real Spark printed, byte for byte', async () => {
  const recorded = readFileSync(join(import.meta.dirname, '../fixtures/spark/hello-world-stdout.txt'), 'utf8')
  const [first] = /Time: (\d+) ms/.exec(recorded)!.slice(1).map(Number)
  // The receiver's seconds, which the test lets pass: Spark's had stored twice before the first batch ended.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const driver = new StreamingTestDriver({ startAt: first! - 5000 })
  await driver.load(() => import('../../examples/hello-world.ts'))
  for (const stored of [2, 5, 5, 5]) {
    vi.advanceTimersByTime(stored * 1000)
    await driver.advance(1)
  }
  expect(driver.stdout()).toBe(recorded)
  await driver.stop()
})

test('network-word-count counts the words that a server sends, and prints what its page shows', async () => {
  const server = createServer((socket) => socket.write('to be or not to be\n'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  vi.stubEnv('WORDS_HOST', '127.0.0.1')
  vi.stubEnv('WORDS_PORT', String((server.address() as { port: number }).port))
  const driver = new StreamingTestDriver()
  await driver.load(() => import('../../examples/network-word-count.ts'))
  await advanceUntil(driver, () => driver.stdout().includes('(to,'))
  const page = readFileSync(join(import.meta.dirname, '../../docs/examples/network-word-count.md'), 'utf8')
  expect(printed(driver.stdout())).toEqual(page.match(/^\(\w+,\d\)$/gm))
  await driver.stop()
  server.close()
})

test('recoverable-network-word-count leaves out the words of a broadcast list and counts them in an accumulator', async () => {
  const server = createServer((socket) => socket.write('a rose is a rose\nby any other b\n'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const folder = mkdtempSync(join(tmpdir(), 'millrace-words-'))
  const output = join(folder, 'counts.txt')
  vi.stubEnv('WORDS_HOST', '127.0.0.1')
  vi.stubEnv('WORDS_PORT', String((server.address() as { port: number }).port))
  vi.stubEnv('WORDS_OUTPUT', output)
  const log = vi.spyOn(console, 'log').mockImplementation(() => {})
  const driver = new StreamingTestDriver()
  await driver.load(() => import('../../examples/recoverable-network-word-count.ts'))
  const lines = (): string[] => log.mock.calls.map(([line]) => String(line))
  await advanceUntil(driver, () => lines().includes('Dropped 3 word(s) totally'))
  expect(lines().at(-1)).toBe(`Appending to ${output}`)
  const counted = readFileSync(output, 'utf8').match(/\(\w+,\d\)/g)
  expect(counted?.sort()).toEqual(['(any,1)', '(by,1)', '(is,1)', '(other,1)', '(rose,2)'])
  await driver.stop()
  server.close()
  rmSync(folder, { recursive: true })
})

test('sessions counts the pages of each user and says who left after half a minute of silence', async () => {
  const driver = new StreamingTestDriver()
  const channel = driver.channel('c1')
  await driver.load(() => import('../../examples/sessions.ts'))
  channel.push('ann /start', 'bob /start', 'ann /cart')
  await driver.advance(1)
  channel.push('not a visit at all', 'ann /pay')
  await driver.advance(20)
  channel.push('bob /help')
  await driver.advance(19)
  expect(printed(driver.stdout())).toEqual([
    'ann is on page 1: /start',
    'bob is on page 1: /start',
    'ann is on page 2: /cart',
    'ann is on page 3: /pay',
    'bob is on page 2: /help',
    'ann left after 3 pages, from /start to /pay',
  ])
  await driver.stop()
})

test('iot-anomaly prints the reading that is far from the mean of its device, and no other', async () => {
  const driver = new StreamingTestDriver()
  const channel = driver.channel('c1')
  await driver.load(() => import('../../examples/iot-anomaly.ts'))
  for (let second = 0; second < 30; second++) {
    channel.push(`pump,${20 + (second % 3)}`, `fan,${50 + (second % 2)}`, 'fan,broken')
    await driver.advance(1)
  }
  expect(printed(driver.stdout())).toEqual([])
  channel.push('pump,80', 'fan,51')
  await driver.advance(1)
  expect(printed(driver.stdout())).toEqual(['pump: 80, while the mean of 31 readings is 22.9'])
  await driver.stop()
})

test('risk-rule names a card that is used in two places inside the window, and not one used in two places outside of it', async () => {
  const driver = new StreamingTestDriver()
  const channel = driver.channel('c1')
  await driver.load(() => import('../../examples/risk-rule.ts'))
  channel.push('4711,Berlin,20', '4712,Paris,5')
  await driver.advance(1)
  channel.push('4711,Lima,900', '4712,Paris,7')
  await driver.advance(1)
  expect(printed(driver.stdout())).toEqual(['card 4711 was used in Berlin and Lima within ten minutes'])
  await driver.advance(121)
  const before = printed(driver.stdout()).length
  channel.push('4712,Oslo,7')
  await driver.advance(1)
  expect(printed(driver.stdout()).slice(before)).toEqual([])
  await driver.stop()
})

test('log-report says how many requests failed and which paths were asked for most', async () => {
  const lines: string[] = []
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line))
  const driver = new StreamingTestDriver()
  await driver.load(() => import('../../examples/log-report.ts'))
  const line = (path: string, status: number): string =>
    `10.0.0.1 - - [12/Mar/2024:00:00:00 +0000] "GET ${path} HTTP/1.1" ${status} 12 "-" "curl"`
  driver.channel('c1').push(line('/a', 200), line('/b', 500), line('/a', 304), 'no request')
  await driver.advance(1)
  expect(lines).toEqual(['1970-01-01T00:00:10.000Z  3 requests, 1 failed', '       2  /a', '       1  /b'])
  await driver.stop()
})

test('status-count counts the status codes of each second, sorted', async () => {
  const driver = new StreamingTestDriver()
  await driver.load(() => import('../../examples/status-count.ts'))
  driver.channel('c1').push('x "GET / HTTP/1.1" 404 1 "', 'x "GET / HTTP/1.1" 200 1 "', 'x "GET / HTTP/1.1" 200 1 "')
  await driver.advance(1)
  expect(printed(driver.stdout())).toEqual(['(200,2)', '(404,1)'])
  await driver.stop()
})

test('a program that throws before it starts a context says why', async () => {
  const driver = new StreamingTestDriver()
  await expect(driver.load(() => Promise.reject(new Error('no such port')))).rejects.toThrow('no such port')
  await expect(driver.load(() => Promise.resolve())).rejects.toThrow('The program ended without starting a StreamingContext.')
})

test('every example program, and its configuration, has a page that says how to run it', () => {
  const root = join(import.meta.dirname, '../..')
  const examples = readdirSync(join(root, 'examples')).filter((name) => /\.(ts|properties)$/.test(name))
  for (const name of examples) {
    const page = readFileSync(join(root, 'docs/examples', `${name.replace(/\.\w+$/, '')}.md`), 'utf8')
    expect(page, name).toMatch(new RegExp(`^npm run -s millrace -- .*examples/${name}`, 'm'))
  }
})

test('every page of an example stands in the index of examples', () => {
  const folder = join(import.meta.dirname, '../../docs/examples')
  const index = readFileSync(join(folder, 'README.md'), 'utf8')
  const missing = readdirSync(folder).filter((name) => name !== 'README.md' && !index.includes(`](${name})`))
  expect(missing).toEqual([])
})

test('site-health shows the paths asked for most in the last minute and raises an alert for each server error', async () => {
  const driver = new StreamingTestDriver()
  await driver.load(() => import('../../examples/site-health.ts'))
  const line = (path: string, status: number, bytes: number): string =>
    `10.0.0.1 - - [12/Mar/2024:00:00:00 +0000] "GET ${path} HTTP/1.1" ${status} ${bytes} "-" "curl"`
  driver.channel('c1').push(line('/a', 200, 10), line('/b', 503, 7), line('/a', 304, 30), 'no request')
  await driver.advance(1)
  expect(printed(driver.stdout())).toEqual(['{"path":"/a","requests":2,"p95":29}', '{"path":"/b","requests":1,"p95":7}'])
  const [record] = driver.records
  expect(record!.alerts!.flatMap(({ alerts }) => alerts.map(({ severity, message }) => [severity, message]))).toEqual([
    ['error', 'GET /b answered 503 to 10.0.0.1'],
  ])
  expect(record!.rejected!.map(({ count }) => count)).toEqual([1])
  await driver.stop()
})
