// HDFS over WebHDFS: each append is one request that the DataNodes have answered. Steps and pitfalls: the NameNode gets no body and
// redirects; a DataNode sends an unasked `100 Continue`, on which fetch() breaks off, so bodies go through node:http.
import { MillraceError, messageOf } from '../../../src-shared/errors.ts'
import type { OutputFile, TargetFileSystem } from './file-system.ts'

export interface WebHdfsOptions {
  /** `http://namenode:9870` or `https://…`. */
  readonly origin: string
  /** Simple authentication. */
  readonly user: string
  /** For each request. */
  readonly timeoutMs: number
}

type Method = 'GET' | 'PUT' | 'POST' | 'DELETE'

export function webHdfs(options: WebHdfsOptions): TargetFileSystem {
  const call = new WebHdfsCalls(options)
  return {
    create: async (path) => new WebHdfsFile(path, call),
    async rename(from, to) {
      const { boolean } = (await call.json('PUT', from, { op: 'RENAME', destination: to })) as { boolean?: boolean }
      if (boolean !== true)
        throw new MillraceError('IO', `HDFS did not rename ${from} to ${to}: there is one of that name, or none of this.`)
    },
    remove: async (path) => void (await call.json('DELETE', path, { op: 'DELETE' })),
  }
}

class WebHdfsFile implements OutputFile {
  readonly path: string
  readonly #calls: WebHdfsCalls
  /** What HDFS has acknowledged. */
  #length = 0
  #committed = 0
  /** An append failed: HDFS may hold more than it has acknowledged. */
  #uncertain = false

  constructor(path: string, calls: WebHdfsCalls) {
    this.path = path
    this.#calls = calls
  }

  async append(bytes: Uint8Array): Promise<void> {
    this.#uncertain = true
    if (this.#length === 0) await this.#calls.write('PUT', this.path, { op: 'CREATE', overwrite: 'false' }, bytes)
    else await this.#calls.write('POST', this.path, { op: 'APPEND' }, bytes)
    this.#uncertain = false
    this.#length += bytes.length
  }

  commit(): void {
    this.#committed = this.#length
  }

  async rollback(): Promise<boolean> {
    if (this.#length === this.#committed && !this.#uncertain) return true
    // HDFS may need a while to have the file cut, and takes no append meanwhile: the next events go to another one.
    if (this.#committed > 0) await this.#calls.json('POST', this.path, { op: 'TRUNCATE', newlength: String(this.#committed) })
    return false
  }

  async close(): Promise<void> {}
}

class WebHdfsCalls {
  readonly #options: WebHdfsOptions

  constructor(options: WebHdfsOptions) {
    this.#options = options
  }

  async json(method: Method, path: string, query: Readonly<Record<string, string>>): Promise<unknown> {
    const response = await this.#first(method, path, query, 'follow')
    return response.json()
  }

  /** Asks the NameNode where, then sends the bytes there. */
  async write(method: Method, path: string, query: Readonly<Record<string, string>>, bytes: Uint8Array): Promise<void> {
    const response = await this.#first(method, path, query, 'manual')
    const location = response.headers.get('location')
    await response.arrayBuffer()
    if (location === null) throw new MillraceError('IO', `${this.#options.origin} did not say which DataNode takes ${path}.`)
    const { status, body } = await this.#send(method, location, bytes)
    if (status >= 300) throw refused(query['op']!, path, status, body)
  }

  async #first(method: Method, path: string, query: Readonly<Record<string, string>>, redirect: 'follow' | 'manual'): Promise<Response> {
    const { origin, user, timeoutMs } = this.#options
    const place = path.split('/').map(encodeURIComponent).join('/')
    const parameters = new URLSearchParams({ ...query, 'user.name': user })
    let response: Response
    try {
      response = await fetch(`${origin}/webhdfs/v1${place}?${parameters}`, { method, redirect, signal: timeout(timeoutMs) })
    } catch (error) {
      throw new MillraceError('IO', `${origin} cannot be reached: ${messageOf(error)}`, { cause: error })
    }
    if (response.ok || (redirect === 'manual' && response.status === 307)) return response
    throw refused(query['op']!, path, response.status, await response.text())
  }

  async #send(method: Method, location: string, bytes: Uint8Array): Promise<{ status: number; body: string }> {
    // Loaded when asked for: node:http brings a web client along, which would delay the start of every agent.
    const { request } = location.startsWith('https:') ? await import('node:https') : await import('node:http')
    return new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/octet-stream', 'content-length': bytes.length }
      const signal = timeout(this.#options.timeoutMs)
      const sending = request(location, { method, headers, ...(signal !== null && { signal }) }, (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (text: string) => {
          if (body.length < 10_000) body += text
        })
        response.once('end', () => resolve({ status: response.statusCode ?? 500, body }))
        response.once('error', reject)
      })
      sending.once('error', reject)
      sending.end(bytes)
    })
  }
}

/** 0 is none, as hdfs.callTimeout has it. */
function timeout(ms: number): AbortSignal | null {
  return ms <= 0 ? null : AbortSignal.timeout(ms)
}

function refused(operation: string, path: string, status: number, body: string): MillraceError {
  const remote = /"exception"\s*:\s*"([^"]+)".*?"message"\s*:\s*"((?:[^"\\]|\\.)*)"/s.exec(body)
  const why = remote === null ? body.slice(0, 200) : `${remote[1]}: ${remote[2]!.split('\\n')[0]}`
  return new MillraceError('IO', `HDFS refused ${operation} of ${path} (HTTP ${status}): ${why}`)
}
