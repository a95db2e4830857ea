// The link to an engine that is Electron's utility process, with a contract stub as the engine, in a real runtime.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Desktop, launchDesktop, openDisplay, until } from './driver.ts'
import { buildStubProduct } from './stub/build-stub.ts'

let folder: string
let display: Awaited<ReturnType<typeof openDisplay>>
let desktop: Desktop

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'millrace link '))
  await buildStubProduct(folder)
  display = await openDisplay()
  desktop = await launchDesktop({
    display: display.display,
    args: ['--workspace', join(folder, 'workspace')],
    env: { MILLRACE_APP_FOLDER: folder, MILLRACE_ENGINE_NODE: '' },
  })
})

afterAll(async () => {
  await desktop?.close()
  display?.close()
  rmSync(folder, { recursive: true, force: true })
})

interface StubState {
  readonly pid: number
  readonly node: string
  readonly payloadsSent: number
}

async function stubState(): Promise<StubState> {
  return JSON.parse(await desktop.page.evaluate(() => linkPage.connection.engine.workspace.diagnostics())) as StubState
}

describe('utility-process link', () => {
  test('a call is answered by a process that is neither the main process nor the page', async () => {
    const stub = await stubState()
    const main = await desktop.app.evaluate(() => process.pid)
    expect(stub.pid).not.toBe(main)
    expect(stub.node).toBe(await desktop.app.evaluate(() => process.versions.node))
  })

  test('a call with a bad argument is refused by the engine with a code', async () => {
    const code = await desktop.page.evaluate(async () => {
      try {
        await linkPage.connection.engine.workspace.forgetRecent({ path: '' })
        return 'accepted'
      } catch (error) {
        return (error as { code: string }).code
      }
    })
    expect(code).toBe('BAD_ARGUMENT')
  })

  test('a subscription brings every value in order until it is left', async () => {
    const seen = await desktop.page.evaluate(
      () =>
        new Promise<number[]>((resolve) => {
          const numbers: number[] = []
          const subscription = linkPage.connection.subscribe((engine) => engine.workspace.output({ after: 0 }), {
            value: (lines) => {
              numbers.push(...lines.map((line) => line.seq))
              if (numbers.length < 500) return
              subscription.close()
              resolve(numbers)
            },
          })
        }),
    )
    expect(seen.slice(0, 500)).toEqual(Array.from({ length: 500 }, (_, index) => index + 1))
  })

  test('binary frames arrive whole and in order', async () => {
    const got = await desktop.page.evaluate(async () => {
      const numbers: number[] = []
      let wrong = 0
      const transfer = linkPage.connection.openTransfer((payload) => {
        const index = new DataView(payload.buffer, payload.byteOffset).getUint32(0, true)
        numbers.push(index)
        if (payload.length !== 65_536 || payload.subarray(4).some((byte) => byte !== index % 251)) wrong++
      })
      const answer = await linkPage.connection.engine.logs.lineBytes({
        id: 'x',
        generation: 0,
        line: 0,
        from: 0,
        length: 16 * 1024 * 1024,
        bulk: transfer.bulk,
      })
      await transfer.ended
      return { numbers, wrong, sent: answer.sent }
    })
    expect(got.sent).toBe(256)
    expect(got.wrong).toBe(0)
    expect(got.numbers).toEqual(Array.from({ length: 256 }, (_, index) => index))
  })

  test('an engine stops sending to a page that does not take, and goes on when it does', async () => {
    const before = await stubState()
    await desktop.page.evaluate(() => {
      const state = { taken: 0, release: (): void => {}, done: false }
      const held = new Promise<void>((resolve) => {
        state.release = resolve
      })
      Object.assign(globalThis, { slowPage: state })
      const transfer = linkPage.connection.openTransfer(() => {
        state.taken++
        return held
      }, 256 * 1024)
      void linkPage.connection.engine.logs
        .lineBytes({ id: 'x', generation: 0, line: 0, from: 0, length: 64 * 1024 * 1024, bulk: transfer.bulk })
        .then(() => transfer.ended)
        .then(() => {
          state.done = true
        })
    })
    const taken = (): Promise<{ taken: number; done: boolean }> =>
      desktop.page.evaluate(() => {
        const { taken, done } = (globalThis as unknown as { slowPage: { taken: number; done: boolean } }).slowPage
        return { taken, done }
      })
    await until('the credit to be used up', async () => (await taken()).taken === 4)
    // Each of these calls goes there and back behind whatever the engine would have sent.
    for (let turn = 0; turn < 50; turn++) expect((await stubState()).payloadsSent - before.payloadsSent).toBe(4)
    expect(await taken()).toEqual({ taken: 4, done: false })
    await desktop.page.evaluate(() => (globalThis as unknown as { slowPage: { release: () => void } }).slowPage.release())
    await until('all payloads to arrive', async () => (await taken()).done)
    expect((await taken()).taken).toBe(1024)
  })

  test('after a crash of the engine the page is told, the call under way fails with ENGINE_GONE, and calls and subscriptions go on with the next engine', async () => {
    const before = await stubState()
    await desktop.page.evaluate(() => {
      const state = { from: [] as string[], states: [] as string[] }
      Object.assign(globalThis, { crashPage: state })
      linkPage.connection.subscribe((engine) => engine.workspace.output({ after: 0 }), {
        value: (lines) => {
          for (const line of lines) if (state.from.at(-1) !== line.from) state.from.push(line.from)
        },
      })
      linkPage.connection.onState((value) => state.states.push(value))
      linkPage.desktop.onEngineState((value) => state.states.push(`engine ${value.state}`))
    })
    const page = (): Promise<{ from: string[]; states: string[] }> =>
      desktop.page.evaluate(() => (globalThis as unknown as { crashPage: { from: string[]; states: string[] } }).crashPage)
    await until('the subscription', async () => (await page()).from.length === 1)
    const code = await desktop.page.evaluate(async () => {
      try {
        await linkPage.connection.engine.workspace.forgetRecent({ path: 'crash' })
        return 'answered'
      } catch (error) {
        return (error as { code: string }).code
      }
    })
    expect(code).toBe('ENGINE_GONE')
    const after = await stubState()
    expect(after.pid).not.toBe(before.pid)
    await until('the subscription to begin again', async () => (await page()).from.length === 2)
    expect((await page()).from).toEqual([`engine ${before.pid}`, `engine ${after.pid}`])
    expect((await page()).states).toEqual(expect.arrayContaining(['engine gone', 'engine ready', 'lost', 'connected']))
  })
})
