// Handlers that make one event of a whole request: Flume's BLOBHandler (query parameters as headers) and Morphline's BlobHandler.
import { batchOf } from '../../../src-shared/event/build-batch.ts'
import type { HttpHandler } from './http-handler.ts'
import { parameters, queryParameters } from './request-parameters.ts'

/** `mandatory`: names that a request must have. Without one it answers 500, as Flume does. */
export function blobHandler(mandatory: readonly string[]): HttpHandler {
  return (request) => {
    const headers = queryParameters(request)
    for (const name of mandatory) if (!headers.has(name)) throw new Error(`Please specify ${name} parameter in the request.`)
    return batchOf([{ headers: Object.fromEntries(headers), body: request.body }])
  }
}

/**
 * As the one of flume-ng-morphline: adds the request's Content-Type to the parameters, and cuts a longer body, of which `cut` is told. It asks for
 * the parameters before the body: of a form nothing is left then.
 */
export function morphlineBlobHandler(maxBlobLength: number, cut: (bytes: number) => void): HttpHandler {
  return (request) => {
    const { found, isForm } = parameters(request)
    const body = isForm ? Buffer.alloc(0) : request.body
    if (body.length > maxBlobLength) cut(body.length)
    if (request.contentType !== undefined) found.set('Content-Type', asJetty(request.contentType))
    return batchOf([{ headers: Object.fromEntries(found), body: body.subarray(0, maxBlobLength) }])
  }
}

const wellKnown =
  /^(text\/plain|text\/html|text\/xml|text\/json|application\/json|application\/x-www-form-urlencoded)(?:;( ?)charset=(utf-8|iso-8859-1))?$/i

/** Jetty keeps the usual content types ready, and gives its own spelling of them. */
function asJetty(contentType: string): string {
  const [, type, blank, name] = wellKnown.exec(contentType) ?? []
  if (type === undefined) return contentType
  return type.toLowerCase() + (name === undefined ? '' : `;${blank}charset=${name.toUpperCase()}`)
}
