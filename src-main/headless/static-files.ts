// The built renderer as static files: only what lies in its folder, with the headers that keep a page from being more than it is.
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname } from 'node:path'
import { pipeline } from 'node:stream'
import { contentSecurityPolicy, mimeTypes, pageFile } from '../page-files.ts'

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
  const path = pageFile(root, pathname)
  if (path === undefined) return false
  const found = await stat(path).catch(() => undefined)
  if (found?.isFile() !== true) return false
  // Vite puts a hash of the content into the names of everything in assets/.
  const cache = pathname.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'
  response.writeHead(200, {
    ...securityHeaders,
    'content-type': mimeTypes[extname(path)] ?? 'application/octet-stream',
    'content-length': found.size,
    'cache-control': cache,
  })
  if (request.method === 'HEAD') response.end()
  else {
    // Both ends are closed when one fails: a browser that leaves half-way would else leave the file open.
    pipeline(createReadStream(path), response, () => {})
  }
  return true
}
