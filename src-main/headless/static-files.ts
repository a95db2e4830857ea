// The built renderer as static files: only what lies in its folder, with the headers that keep a page from being more than it is.
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, normalize, sep } from 'node:path'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
}

/** As workbench.md D 5.2; `connect-src 'self'` covers the engine's WebSocket. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "frame-src 'none'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "object-src 'none'",
].join('; ')

/** On every answer, also refusals. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
}

/** Serves a file of `root`, `index.html` for `/`. Answers false when there is none. */
export async function serveFile(root: string, pathname: string, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  const path = filePath(root, pathname)
  if (path === undefined) return false
  const found = await stat(path).catch(() => undefined)
  if (found?.isFile() !== true) return false
  // Vite puts a hash of the content into the names of everything in assets/.
  const cache = pathname.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'
  response.writeHead(200, {
    ...securityHeaders,
    'content-type': types[extname(path)] ?? 'application/octet-stream',
    'content-length': found.size,
    'cache-control': cache,
  })
  if (request.method === 'HEAD') response.end()
  else
    createReadStream(path)
      .on('error', () => response.destroy())
      .pipe(response)
  return true
}

/** Where a path of a URL lies in `root`; undefined for one that lies outside or is no path. */
export function filePath(root: string, pathname: string): string | undefined {
  let decoded: string
  try {
    decoded = decodeURIComponent(pathname)
  } catch {
    return undefined
  }
  if (decoded.includes('\0') || decoded.includes('\\')) return undefined
  const path = normalize(join(root, decoded === '/' ? 'index.html' : decoded))
  return path.startsWith(root + sep) ? path : undefined
}
