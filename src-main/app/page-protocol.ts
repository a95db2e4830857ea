// `app://millrace/`: the renderer's files, from one folder and nothing outside it, with the headers that fence the page in. Not file://,
// which would let a page read the disk.
import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import type { CustomScheme, Session } from 'electron'
import { contentSecurityPolicy, mimeTypes, pageFile } from '../page-files.ts'

const scheme = 'app'
export const pageOrigin = `${scheme}://millrace`
export const pageAddress = `${pageOrigin}/index.html`

/** To be registered before the app is ready. */
export const pageScheme: CustomScheme = {
  scheme,
  privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
}

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
  let url: URL
  try {
    // Not URL.canParse: the tests' runtime has an older Node.
    url = new URL(address)
  } catch {
    return undefined
  }
  const file = url.host === 'millrace' ? pageFile(folder, url.pathname) : undefined
  return file !== undefined && extname(file) in mimeTypes ? file : undefined
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
