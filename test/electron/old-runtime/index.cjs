// For tests only: lets the product run in an Electron runtime that is older than the one it ships with (the one that the machines of this
// project can get is 22.3). Adds what the product calls and that runtime lacks, then starts the product's own main file unchanged:
//   protocol.handle (25), Response and Headers in Node (18), webUtils in preload scripts (29), details in will-navigate (25).
const { app, protocol, session } = require('electron')
const path = require('node:path')

// The folder that holds the built product; a test may name another one.
const root = process.env.MILLRACE_APP_FOLDER || path.join(__dirname, '..', '..', '..')

globalThis.Response ??= class {
  constructor(body, { status = 200, headers = {} } = {}) {
    Object.assign(this, { body, status, headers })
  }
}

function addProtocolHandle(target) {
  if (typeof target.handle === 'function') return
  target.handle = (scheme, handler) => {
    target.registerBufferProtocol(scheme, async (request, answer) => {
      const { body, status, headers } = await handler({ url: request.url, method: request.method })
      answer({ statusCode: status, headers, mimeType: headers['Content-Type']?.split(';')[0], data: Buffer.from(body) })
    })
  }
}

addProtocolHandle(protocol)
app.on('session-created', (created) => addProtocolHandle(created.protocol))
app.on('web-contents-created', (_event, contents) => {
  for (const name of ['will-navigate', 'will-redirect']) {
    contents.prependListener(name, (event, url) => {
      event.url ??= url
    })
  }
})
app.whenReady().then(() => {
  addProtocolHandle(session.defaultSession.protocol)
  session.defaultSession.setPreloads([path.join(__dirname, 'preload.cjs')])
})

// A test driver attaches while the runtime starts. The product is held until it has, or the first window could be missed.
if (process.env.MILLRACE_TEST_DRIVER === 'playwright') {
  const ready = app.whenReady()
  let attached
  const held = new Promise((resolve) => {
    attached = resolve
  })
  app.whenReady = () => held
  globalThis.__playwright_run = () => ready.then(attached)
}

app.setAppPath(root)
require(path.join(root, 'out', 'main', 'app.cjs'))
