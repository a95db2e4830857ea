// What a servlet calls the parameters of a request, as the Jetty in Flume 1.11 reads them: those of the query, then those of a posted form.
import { charset } from '../serialization/charset.ts'
import type { HttpRequest } from './http-handler.ts'

/** Beyond it Jetty takes no form. */
const largestForm = 200_000

/** The first value of each parameter of the query. Throws for what is no escape or no UTF-8: Jetty gives no parameter at all then. */
export const queryParameters = ({ query }: HttpRequest): Map<string, string> => added(new Map(), Buffer.from(query), 'UTF-8')

/** Of the query and, where the body is a form, of that: a form's body is used up then. Throws as queryParameters does, and for a form that is too large. */
export function parameters(request: HttpRequest): { readonly found: Map<string, string>; readonly isForm: boolean } {
  const { body, contentType, method } = request
  const found = queryParameters(request)
  const isForm = method === 'POST' && body.length > 0 && /^\s*application\/x-www-form-urlencoded\s*(?:;|$)/i.test(contentType ?? '')
  if (!isForm) return { found, isForm }
  if (body.length > largestForm) throw new Error(`The form is larger than ${largestForm} bytes.`)
  return { found: added(found, body, /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType ?? '')?.[1] ?? 'UTF-8'), isForm }
}

function added(to: Map<string, string>, bytes: Buffer, charsetName: string): Map<string, string> {
  const decode = charset(charsetName).decoder
  const text = (escaped: string): string => {
    const { characters, malformed } = decode()(unescaped(escaped))
    if (malformed) throw new Error(`A parameter is not ${charsetName}: ${escaped}`)
    return characters
  }
  for (const pair of bytes.toString('latin1').split('&')) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const name = text(equals < 0 ? pair : pair.slice(0, equals))
    if (!to.has(name)) to.set(name, equals < 0 ? '' : text(pair.slice(equals + 1)))
  }
  return to
}

function unescaped(text: string): Buffer {
  const characters = text.replaceAll('+', ' ').replace(/%(.{0,2})/gs, (written, digits: string) => {
    if (!/^[0-9a-f]{2}$/i.test(digits)) throw new Error(`${written} is no escape of a parameter.`)
    return String.fromCharCode(Number.parseInt(digits, 16))
  })
  return Buffer.from(characters, 'latin1')
}
