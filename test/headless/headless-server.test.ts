import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { type HeadlessServer, startHeadlessServer } from '../../src-main/headless/headless-server.ts'
import { silentLogger } from '../../src-main/log.ts'
import { linkPair } from '../../src-shared/contract/engine-link.ts'
import { type WebSocketLike, webSocketLink } from '../../src-shared/contract/web-socket-link.ts'
import { canCountOpenFiles, openFiles } from '../driver/open-files.ts'
import { temporaryFolder } from '../driver/temporary-folder.ts'
import { connectLinks, testEngine } from '../driver/test-engine.ts'

async function server(): Promise<HeadlessServer> {
  const { engine } = await testEngine()
  const folder = temporaryFolder()
  const renderer = join(folder, 'renderer')
  mkdirSync(join(renderer, 'assets'), { recursive: true })
  writeFileSync(join(renderer, 'index.html'), '<!doctype html><title>Millrace</title>')
  writeFileSync(join(renderer, 'assets', 'app-1.js'), 'export {}')
  writeFileSync(join(renderer, 'assets', 'large-1.js'), Buffer.alloc(16 << 20, ' '))
  writeFileSync(join(folder, 'secret.txt'), 'secret')
  const started = await startHeadlessServer({
    port: 0,
    renderer,
    openLink: () => {
      const [near, far] = linkPair()
      engine.serve(far)
      return Promise.resolve(near)
    },
    random: randomBytes,
    log: silentLogger,
  })
  onTestFinished(() => started.close())
  return started
}

interface Answer {
  readonly status: number
  readonly headers: Record<string, string | string[] | undefined>
  readonly body: string
}

/** A request with exactly these headers and this path, as no browser would be made to send it. */
function get(port: number, path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers: { host: `127.0.0.1:${port}`, ...headers } }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        body += text
      })
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }))
    })
    asked.on('error', reject)
    asked.end()
  })
}

async function signIn(started: HeadlessServer): Promise<string> {
  const { pathname, search } = new URL(started.newAddress())
  const { headers } = await get(started.port, pathname + search)
  return headers['set-cookie']![0]!.split(';')[0]!
}

function socketStatus(port: number, headers: Record<string, string>, path = '/engine'): Promise<number | 'open'> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers })
    socket.on('open', () => {
      socket.terminate()
      resolve('open')
    })
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode!))
    socket.on('error', () => {})
  })
}

test('the printed address lets one browser in: token for cookie, then the page', async () => {
  const started = await server()
  const { pathname, search } = new URL(started.newAddress())
  const first = await get(started.port, pathname + search)
  expect(first.status).toBe(303)
  expect(first.headers['location']).toBe('/')
  const cookie = first.headers['set-cookie']![0]!
  expect(cookie).toContain('HttpOnly')
  expect(cookie).toContain('SameSite=Strict')
  const page = await get(started.port, '/', { cookie: cookie.split(';')[0]! })
  expect(page.body).toContain('<title>Millrace</title>')
})

test('a token works once, except for the browser that has its session', async () => {
  const started = await server()
  const { pathname, search } = new URL(started.newAddress())
  const first = await get(started.port, pathname + search)
  const again = await get(started.port, pathname + search)
  expect(again.status).toBe(401)
  expect(again.body).toContain('works once')
  const same = await get(started.port, pathname + search, { cookie: first.headers['set-cookie']![0]!.split(';')[0]! })
  expect(same.status).toBe(303)
  expect(same.headers['set-cookie']).toBeUndefined()
})

test('without a session nothing is served, whatever is asked', async () => {
  const started = await server()
  for (const path of ['/', '/assets/app-1.js', '/?token=guess', '/nothing']) expect((await get(started.port, path)).status).toBe(401)
  expect((await get(started.port, '/', { cookie: `millrace-${started.port}=guess` })).status).toBe(401)
})

test('a Host that is not this machine is refused, with a session too (DNS rebinding)', async () => {
  const started = await server()
  const cookie = await signIn(started)
  for (const host of ['evil.example', `evil.example:${started.port}`, '127.0.0.1', `127.0.0.1.evil.example:${started.port}`]) {
    expect((await get(started.port, '/', { cookie, host })).status).toBe(421)
  }
  expect((await get(started.port, '/', { cookie, host: `localhost:${started.port}` })).status).toBe(200)
})

test('a request from a page of another origin is refused', async () => {
  const started = await server()
  const cookie = await signIn(started)
  for (const origin of ['http://evil.example', 'null', `https://127.0.0.1:${started.port}`, 'http://127.0.0.1:1']) {
    expect((await get(started.port, '/', { cookie, origin })).status).toBe(403)
  }
  expect((await get(started.port, '/', { cookie, origin: `http://127.0.0.1:${started.port}` })).status).toBe(200)
})

test('only the renderer’s own files are served', async () => {
  const started = await server()
  const cookie = await signIn(started)
  for (const path of [
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/..%5csecret.txt',
    '/%00',
    '/%zz',
    '//etc/passwd.txt',
  ]) {
    const { status, body } = await get(started.port, path, { cookie })
    expect(status).toBe(404)
    expect(body).not.toContain('secret\n')
  }
  expect((await get(started.port, '/assets/app-1.js', { cookie })).headers['content-type']).toContain('text/javascript')
  expect((await get(started.port, '/logs/a.log', { cookie })).status).toBe(404)
  expect((await get(started.port, '/pipelines/orders', { cookie })).body).toContain('<title>Millrace</title>')
})

test('every answer has the content security policy, refusals included', async () => {
  const started = await server()
  const cookie = await signIn(started)
  for (const answer of [
    await get(started.port, '/', { cookie }),
    await get(started.port, '/'),
    await get(started.port, '/none.js', { cookie }),
  ]) {
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'")
    expect(answer.headers['x-content-type-options']).toBe('nosniff')
  }
})

test('an address that is none is refused as a bad request', async () => {
  const started = await server()
  expect((await get(started.port, '//')).status).toBe(400)
})

test('nothing but GET and HEAD is answered', async () => {
  const started = await server()
  const cookie = await signIn(started)
  expect((await get(started.port, '/', { cookie }, 'POST')).status).toBe(405)
  expect((await get(started.port, '/', { cookie }, 'HEAD')).status).toBe(200)
})

test('the engine’s socket needs session, Host and Origin alike', async () => {
  const started = await server()
  const cookie = await signIn(started)
  const origin = `http://127.0.0.1:${started.port}`
  expect(await socketStatus(started.port, { origin })).toBe(401)
  expect(await socketStatus(started.port, { cookie, origin: 'http://evil.example' })).toBe(403)
  expect(await socketStatus(started.port, { cookie, origin, host: 'evil.example' })).toBe(421)
  expect(await socketStatus(started.port, { cookie, origin }, '/other')).toBe(404)
  expect(await socketStatus(started.port, { cookie, origin })).toBe('open')
})

test('clients that are gone before their upgrade is answered do not end the server', async () => {
  const started = await server()
  const uncaught: Error[] = []
  const note = (error: Error): void => void uncaught.push(error)
  process.on('uncaughtException', note)
  onTestFinished(() => void process.off('uncaughtException', note))
  const reset = (): Promise<void> =>
    new Promise((resolve) => {
      const socket = connect(started.port, '127.0.0.1', () => {
        socket.write('GET /engine HTTP/1.1\r\nHost: evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n', () =>
          socket.resetAndDestroy(),
        )
      })
      socket.on('close', () => resolve())
    })
  await Promise.all(Array.from({ length: 20 }, reset))
  expect((await get(started.port, '/')).status).toBe(401)
  expect(uncaught).toEqual([])
})

test.runIf(canCountOpenFiles)('a file that a browser leaves half-way is closed', async () => {
  const started = await server()
  const cookie = await signIn(started)
  await new Promise<void>((resolve) => {
    const host = `127.0.0.1:${started.port}`
    const asked = request({ host: '127.0.0.1', port: started.port, path: '/assets/large-1.js', headers: { host, cookie } }, (response) => {
      response.once('data', () => {
        expect(openFiles('large-1.js')).toBe(1)
        response.destroy()
        resolve()
      })
    })
    asked.end()
  })
  await expect.poll(() => openFiles('large-1.js')).toBe(0)
})

test('the contract is served on the socket', async () => {
  const started = await server()
  const cookie = await signIn(started)
  const open = () => {
    const socket = new WebSocket(`ws://127.0.0.1:${started.port}/engine`, { headers: { cookie } })
    return Promise.resolve(webSocketLink(socket as unknown as WebSocketLike, false))
  }
  const { engine } = connectLinks(open)
  expect(await engine.settings.change({ theme: 'dark' })).toMatchObject({ theme: 'dark' })
})

test('a port in use is refused with its number and what to do', async () => {
  const occupant = createServer()
  await new Promise<void>((resolve) => occupant.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void occupant.close())
  const { port } = occupant.address() as { port: number }
  const refused = startHeadlessServer({
    port,
    renderer: '/',
    openLink: () => Promise.reject(new Error()),
    random: randomBytes,
    log: silentLogger,
  })
  await expect(refused).rejects.toThrow(`Port ${port} is in use by another program. Give another with --port`)
})
