// The desktop face in a real Electron runtime, with the real engine (relay link: the engine runs in the Node that npm brought).
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { DesktopBridge } from '../../src-shared/desktop/desktop-bridge.ts'
import { type Desktop, launchArguments, launchDesktop, openDisplay, until } from './driver.ts'

declare const millraceDesktop: DesktopBridge

let display: Awaited<ReturnType<typeof openDisplay>>
let folder: string
let log: string
let desktop: Desktop | undefined

beforeAll(async () => {
  display = await openDisplay()
})
afterAll(() => display?.close())

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace desktop '))
  log = join(folder, 'some.log')
  writeFileSync(log, Array.from({ length: 300 }, (_, index) => `2026-01-01T00:00:00.000Z INFO line ${index}\n`).join(''))
})
afterEach(async () => {
  await desktop?.close()
  desktop = undefined
  rmSync(folder, { recursive: true, force: true })
})

/** A stream program that reads the pipeline's channel. */
const lengthsProgram = `import { StreamingContext, seconds } from 'millrace'
const ssc = new StreamingContext({ appName: 'lengths', batchDuration: seconds(1) })
ssc.channelStream('c1').text().map((line) => line.length).print()
ssc.start()
await ssc.awaitTermination()
`

async function launch(...args: readonly string[]): Promise<Desktop> {
  desktop = await launchDesktop({
    display: display.display,
    args: ['--workspace', join(folder, 'workspace'), ...args],
    env: { MILLRACE_ENGINE_NODE: process.execPath },
  })
  return desktop
}

const token = (): string => `token-${randomBytes(8).toString('hex')}`

/** The engine's processes that belong to this test's workspace. */
function enginePids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        return line.includes('engine.js') && line.includes(join(folder, 'workspace'))
      } catch {
        return false
      }
    })
    .map(Number)
}

describe('opening and following', () => {
  test('a line appended from outside to the log named on the command line is seen in the window', async () => {
    const { page } = await launch(log)
    await page.getByText('INFO line 299').waitFor()
    const word = token()
    appendFileSync(log, `${word}\n`)
    await page.getByText(word).waitFor()
  })

  test('a line appended from outside is found in the tail view, in the file that file_roll writes, and in a batch', async () => {
    const program = join(folder, 'lengths.ts')
    writeFileSync(program, lengthsProgram)
    const { page, app } = await launch(program, log)
    await page.getByText('INFO line 299').waitFor()
    await chooseMenuItem(app, 'log.make-pipeline')
    await chooseMenuItem(app, 'pipeline.start')
    const outputWith = (text: string): string | undefined =>
      filesBelow(join(folder, 'workspace')).find(
        (file) => !/\.(db|log|json)$|journal/.test(file) && readFileSync(file, 'utf8').includes(text),
      )
    await until('the lines that were there', () => outputWith('INFO line 299'))
    await page.getByRole('tab', { name: 'lengths' }).click()
    await chooseMenuItem(app, 'stream.start')
    await page.getByRole('dialog', { name: 'Run this on your machine?' }).getByRole('button', { name: 'Run' }).click()
    // Whatever the stream found in the channel is in its first batch; the token is alone in its own.
    const completed = page.getByText(/\b[1-9]\d* completed/)
    await completed.first().waitFor()
    const word = token()
    appendFileSync(log, `${word}\n`)

    await page.getByRole('tab', { name: 'some.log' }).click()
    await page.getByText(word).waitFor()

    const found = await until('the token in a file that file_roll wrote', () => outputWith(word))
    expect(
      readFileSync(found, 'utf8')
        .split('\n')
        .filter((line) => line === word),
    ).toHaveLength(1)

    await page.getByRole('tab', { name: 'lengths' }).click()
    const batch = page.getByRole('row').filter({ has: page.getByRole('gridcell', { name: '1', exact: true }) })
    await batch.first().dblclick()
    await until('the batch page', () => page.url().includes('#/batch/'))
    await page.locator('[role="tabpanel"]:visible').getByText(word).first().waitFor()
  })

  test('a second start hands its file to the first, whose window opens it, and ends', async () => {
    const { page } = await launch()
    await page.getByText('Millrace').first().waitFor()
    const { command, args, env } = launchArguments({
      display: display.display,
      args: ['--workspace', join(folder, 'workspace'), 'some.log'],
      env: { MILLRACE_ENGINE_NODE: process.execPath },
    })
    const second = spawn(command, args, { env, cwd: folder, stdio: 'ignore' })
    const code = await new Promise((resolve) => second.on('exit', resolve))
    expect(code).toBe(0)
    await page.getByText('INFO line 299').waitFor()
  })

  test('a file dropped on the window is opened', async () => {
    const { page } = await launch()
    await page.getByText('Millrace').first().waitFor()
    await page.evaluate(() => {
      const input = Object.assign(document.createElement('input'), { type: 'file', id: 'drop' })
      document.body.append(input)
    })
    await page.locator('#drop').setInputFiles(log)
    await page.evaluate(() => {
      const data = new DataTransfer()
      data.items.add(document.querySelector<HTMLInputElement>('#drop')!.files![0]!)
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }))
    })
    await page.getByText('INFO line 299').waitFor()
  })

  test('Open in the menu asks with the native dialog and opens what was chosen', async () => {
    const { page, app } = await launch()
    await page.getByText('Millrace').first().waitFor()
    await app.evaluate(({ dialog }, path) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [path] })
    }, log)
    await chooseMenuItem(app, 'file.open')
    await page.getByText('INFO line 299').waitFor()
  })
})

describe('menu', () => {
  test('it has the commands of the palette, grey where nothing is there to do them', async () => {
    const { app, page } = await launch()
    await page.getByText('Millrace').first().waitFor()
    const item = (id: string) => app.evaluate(({ Menu }, wanted) => Menu.getApplicationMenu()?.getMenuItemById(wanted)?.enabled, id)
    await until('the menu', async () => (await item('file.open')) === true)
    expect(await item('palette.show')).toBe(true)
    expect(await item('pipeline.start')).toBe(false)
    const labels = await app.evaluate(({ Menu }) => Menu.getApplicationMenu()!.items.map((each) => each.label.replace('&', '')))
    expect(labels).toEqual(['File', 'Edit', 'View', 'Go', 'Log', 'Run', 'Window', 'Help'])
  })
})

describe('what a page may do', () => {
  test('it sees neither Node nor Electron, and of the desktop only the bridge', async () => {
    const { page } = await launch()
    const seen = await page.evaluate(() => ({
      node: ['require', 'process', 'module', 'Buffer', 'global'].filter((name) => name in globalThis),
      bridge: Object.keys(millraceDesktop).sort(),
      origin: location.origin,
    }))
    expect(seen.node).toEqual([])
    expect(seen.origin).toBe('app://millrace')
    expect(seen.bridge).toEqual(
      [
        'connectEngine',
        'newWindow',
        'notify',
        'onCommand',
        'onEngineState',
        'onOpenFiles',
        'openDialog',
        'openExternal',
        'pathOf',
        'platform',
        'saveDialog',
        'setBackground',
        'setCommands',
        'setRunning',
        'showInFolder',
        'versions',
      ].sort(),
    )
  })

  test('inline scripts, foreign scripts and foreign connections are refused by its content security policy', async () => {
    const { page } = await launch()
    const result = await page.evaluate(async () => {
      const blocked: string[] = []
      document.addEventListener('securitypolicyviolation', (event) => blocked.push(event.effectiveDirective))
      const script = document.createElement('script')
      script.textContent = 'globalThis.inlineRan = true'
      document.head.append(script)
      await fetch('https://127.0.0.1:9/').catch(() => undefined)
      const image = document.createElement('img')
      image.src = 'https://127.0.0.1:9/x.png'
      const frame = document.createElement('iframe')
      frame.src = 'https://127.0.0.1:9/'
      document.body.append(image, frame)
      while (blocked.length < 4)
        await new Promise((resolve) => document.addEventListener('securitypolicyviolation', resolve, { once: true }))
      let evalRan = true
      try {
        new Function('return 1')()
      } catch {
        evalRan = false
      }
      return { blocked: blocked.slice(0, 4).sort(), inlineRan: 'inlineRan' in globalThis, evalRan }
    })
    expect(result).toEqual({ blocked: ['connect-src', 'frame-src', 'img-src', 'script-src-elem'], inlineRan: false, evalRan: false })
  })

  test('it cannot be led anywhere else, and opens no window', async () => {
    const { page, app } = await launch()
    await app.evaluate(({ dialog, BrowserWindow }) => {
      const seen = { questions: [] as string[], navigations: [] as boolean[] }
      Object.assign(globalThis, { seen })
      dialog.showMessageBox = ((...args: unknown[]) => {
        seen.questions.push((args.at(-1) as { message: string }).message)
        return Promise.resolve({ response: 1, checkboxChecked: false })
      }) as typeof dialog.showMessageBox
      BrowserWindow.getAllWindows()[0]!.webContents.on('will-navigate', (event) => seen.navigations.push(event.defaultPrevented))
    })
    type Seen = { readonly questions: string[]; readonly navigations: boolean[] }
    const seen = (): Promise<Seen> => app.evaluate(() => (globalThis as unknown as { seen: Seen }).seen)
    await page.evaluate(() => {
      setTimeout(() => {
        location.href = 'https://127.0.0.1:9/elsewhere'
      })
    })
    await until('the attempt to navigate', async () => (await seen()).navigations.length === 1)
    expect((await seen()).navigations).toEqual([true])
    // Not through Playwright's page, which waits for the navigation that never comes.
    const opened = await app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]!.webContents.executeJavaScript(
        "[window.open('https://example.org/x'), window.open('http://example.org/x')].map((each) => each === null)",
      ),
    )
    expect(opened).toEqual([true, true])
    const questions = await until('both questions', async () => {
      const all = (await seen()).questions
      return all.length === 2 && all
    })
    expect(questions).toEqual(['Open example.org in your browser?', 'This link is not opened.'])
    expect(page.url()).toMatch(/^app:\/\/millrace\/index\.html/)
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
  })

  test('it gets no permission but to write to the clipboard', async () => {
    const { page } = await launch()
    const answers = await page.evaluate(async () => {
      const geolocation = await new Promise((resolve) =>
        navigator.geolocation.getCurrentPosition(
          () => resolve('granted'),
          (error) => resolve(error.code === error.PERMISSION_DENIED ? 'denied' : error.message),
        ),
      )
      const camera = await navigator.mediaDevices.getUserMedia({ video: true }).then(
        () => 'granted',
        (error: Error) => error.name,
      )
      return { geolocation, camera, notification: await Notification.requestPermission() }
    })
    expect(answers).toEqual({ geolocation: 'denied', camera: expect.stringMatching(/NotAllowed|NotFound/), notification: 'denied' })
  })

  test('app:// serves the window and nothing outside its folder', async () => {
    const { page } = await launch()
    const statuses = await page.evaluate(() =>
      Promise.all(
        ['index.html', '../main/app.cjs', '..%2fmain%2fapp.cjs', '..%5cmain%5capp.cjs', '%2e%2e/preload/preload.cjs', 'nothing.js'].map(
          (path) =>
            fetch(`app://millrace/${path}`).then(
              (answer) => answer.status,
              () => 'failed',
            ),
        ),
      ),
    )
    expect(statuses).toEqual([200, 404, 404, 404, 404, 404])
  })

  test('a call with arguments that do not fit is refused, and the main process goes on', async () => {
    const { page, output } = await launch()
    const refused = await page.evaluate(() =>
      millraceDesktop.openDialog({ kind: 'everything' as 'log' }).then(String, (error: Error) => error.message),
    )
    expect(refused).toContain('Millrace refused openDialog')
    await page.evaluate(() => millraceDesktop.setBackground('red; url(x)'))
    await until('the refusal in the log', () => output().includes('"call":"setBackground"'))
  })
})

describe('windows', () => {
  test('a window opens again where it was', async () => {
    const first = await launch()
    const wanted = { x: 120, y: 90, width: 900, height: 620 }
    await first.app.evaluate(({ BrowserWindow }, bounds) => BrowserWindow.getAllWindows()[0]!.setBounds(bounds), wanted)
    // A window manager moves it in steps, and may tell of the old size in between.
    const moved = await until('the move', async () => {
      const now = await bounds(first)
      return now.width === wanted.width && now.height === wanted.height && now
    })
    await first.close()
    const second = await launch()
    expect(await bounds(second)).toEqual(moved)
  })

  test('New Window opens a second one that shows the same workspace', async () => {
    const { app, page } = await launch(log)
    await page.getByText('INFO line 299').waitFor()
    const opening = app.waitForEvent('window')
    await page.evaluate(() => millraceDesktop.newWindow())
    const second = await opening
    await second.getByText('some.log').first().waitFor()
    await second.close()
    await page.getByText('INFO line 299').waitFor()
  })
})

describe('crashes', () => {
  test('a page whose process crashes is loaded again, and shows the log again', async () => {
    const { app, page } = await launch(log)
    await page.getByText('INFO line 299').waitFor()
    const before = enginePids()
    const word = token()
    await app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]!.webContents
      return new Promise<void>((loaded) => {
        contents.once('did-finish-load', () => loaded())
        contents.forcefullyCrashRenderer()
      })
    })
    appendFileSync(log, `${word}\n`)
    await until('the token in the page that was loaded again', () =>
      app.evaluate(
        ({ BrowserWindow }, wanted) =>
          BrowserWindow.getAllWindows()[0]!.webContents.executeJavaScript(
            `document.body.innerText.includes(${JSON.stringify(wanted)})`,
          ) as Promise<boolean>,
        word,
      ),
    )
    expect(enginePids()).toEqual(before)
  })

  test('an engine that is killed is started again, and the window goes on by itself', async () => {
    const { page } = await launch(log)
    await page.getByText('INFO line 299').waitFor()
    const [before] = enginePids()
    process.kill(before!, 'SIGKILL')
    await until('another engine', () => enginePids().some((pid) => pid !== before))
    const word = token()
    appendFileSync(log, `${word}\n`)
    await page.getByText(word).waitFor()
  })
})

describe('quitting', () => {
  test('while a pipeline runs it asks first; Cancel stays, Quit stops the engine with it', async () => {
    const { page, app } = await launch(log)
    await page.getByText('INFO line 299').waitFor()
    await chooseMenuItem(app, 'log.make-pipeline')
    await page.getByRole('button', { name: 'Start', exact: true }).click()
    await page.getByText('running', { exact: true }).first().waitFor()
    await app.evaluate(({ dialog }) => {
      Object.assign(globalThis, { asked: [] as string[] })
      dialog.showMessageBoxSync = ((...args: unknown[]) => {
        ;(globalThis as unknown as { asked: string[] }).asked.push((args.at(-1) as { message: string }).message)
        return 1
      }) as typeof dialog.showMessageBoxSync
    })
    const asked = (): Promise<string[]> => app.evaluate(() => (globalThis as unknown as { asked: string[] }).asked)
    await until('the question', async () => {
      await app.evaluate(({ app: running }) => running.quit())
      return (await asked()).length > 0
    })
    expect((await asked())[0]).toBe('Quit Millrace? 1 pipeline or stream is running.')
    expect(enginePids()).toHaveLength(1)
    await desktop!.close()
    desktop = undefined
    await until('the engine to end', () => enginePids().length === 0)
  })
})

async function bounds(of: Desktop): Promise<{ x: number; y: number; width: number; height: number }> {
  return of.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.getNormalBounds())
}

async function chooseMenuItem(app: Desktop['app'], id: string): Promise<void> {
  await until(`the menu item ${id}`, () =>
    app.evaluate(({ Menu }, wanted) => {
      const item = Menu.getApplicationMenu()?.getMenuItemById(wanted)
      if (item?.enabled !== true) return false
      item.click()
      return true
    }, id),
  )
}

function filesBelow(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}
