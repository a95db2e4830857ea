// Handlers that make one event of a whole request: Flume's BLOBHandler (query parameters as headers) and Morphline's BlobHandler.
import { batchOf } from '../../../src-shared/event/build-batch.ts'
import type { HttpHandler } from './http-handler.ts'

/** The first value of each query parameter. */
function parameters(query: URLSearchParams): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of query) if (!Object.hasOwn(headers, name)) headers[name] = value
  return headers
}

/** `mandatory`: names that a request must have. Without one it answers 500, as Flume does. */
export function blobHandler(mandatory: readonly string[]): HttpHandler {
  return ({ query, body }) => {
    const headers = parameters(query)
    for (const name of mandatory) if (!Object.hasOwn(headers, name)) throw new Error(`Please specify ${name} parameter in the request.`)
    return batchOf([{ headers, body }])
  }
}

/** As the one of flume-ng-morphline: adds the request's Content-Type to the query parameters, and cuts a longer body, of which `cut` is told. */
export function morphlineBlobHandler(maxBlobLength: number, cut: (bytes: number) => void): HttpHandler {
  return ({ query, body, contentType }) => {
    if (body.length > maxBlobLength) cut(body.length)
    const headers = { ...parameters(query), ...(contentType !== undefined && { 'Content-Type': contentType }) }
    return batchOf([{ headers, body: body.subarray(0, maxBlobLength) }])
  }
}
