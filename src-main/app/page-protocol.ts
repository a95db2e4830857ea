// `app://millrace/`: the renderer's files, from one folder and nothing outside it, with the headers that fence the page in. Not file://,
// which would let a page read the disk.
import { readFile } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'
import type { CustomScheme, Session } from 'electron'

const scheme = 'app'
export const pageOrigin = `${scheme}://millrace`
export const pageAddress = `${pageOrigin}/index.html`

/** To be registered before the app is ready. */
export const pageScheme: CustomScheme = {
  scheme,
  privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
}

const mimeTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
}

/** Styles may be set from script (the editor and the canvas do); nothing else may be inline, and nothing comes from elsewhere. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "frame-src 'none'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "object-src 'none'",
].join('; ')

/** Answers the page's requests with the files below `folder`. */
export function servePages(session: Session, folder: string): void {
  session.protocol.handle(scheme, async (request) => {
    const file = request.method === 'GET' ? fileFor(folder, request.url) : undefined
    if (file === undefined) return notFound()
    try {
      return new Response(new Uint8Array(await readFile(file)), { headers: headersFor(file) })
    } catch {
      return notFound()
    }
  })
}

/** The file that an address names, or undefined when it names none below `folder`. Exported for its tests. */
export function fileFor(folder: string, address: string): string | undefined {
  let path: string
  try {
    const url = new URL(address)
    if (url.host !== 'millrace') return undefined
    path = decodeURIComponent(url.pathname)
  } catch {
    return undefined
  }
  if (path.includes('\0') || path.includes('\\')) return undefined
  const file = normalize(join(folder, path === '/' ? 'index.html' : path))
  return file.startsWith(folder + sep) && extname(file) in mimeTypes ? file : undefined
}

function headersFor(file: string): Record<string, string> {
  return {
    'Content-Type': mimeTypes[extname(file)] ?? 'application/octet-stream',
    'Content-Security-Policy': contentSecurityPolicy,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cache-Control': 'no-cache',
  }
}

function notFound(): Response {
  return new Response('There is no such page.', { status: 404, headers: { 'Content-Type': 'text/plain; charset=utf-8' } })
}
