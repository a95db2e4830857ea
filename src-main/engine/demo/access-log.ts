// A realistic access log (combined format), line by line from a seed: what the demo and benchmarks write.

const pages = [
  '/',
  '/index.html',
  '/products',
  '/products/1041',
  '/products/2212',
  '/cart',
  '/checkout',
  '/login',
  '/api/orders',
  '/api/items?page=2',
  '/static/app.js',
  '/static/site.css',
  '/favicon.ico',
  '/search?q=shoes',
  '/admin',
]
const agents = [
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 Version/18.1 Safari/605.1.15',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Mobile/15E148',
  'curl/8.11.0',
  'Googlebot/2.1 (+http://www.google.com/bot.html)',
]
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** A number from 0 (inclusive) to 1 (exclusive). */
export type Random = () => number

/** A generator of such numbers from a seed (mulberry32): the same seed, the same lines. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** One line, without its line end. Errors come in bursts: about one minute in seven has many. */
export function accessLogLine(now: number, random: Random): string {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!
  const troubled = Math.floor(now / 60_000) % 7 === 3
  const address = `${10 + Math.floor(random() * 80)}.${Math.floor(random() * 256)}.${Math.floor(random() * 256)}.${1 + Math.floor(random() * 254)}`
  const dice = random()
  const status =
    dice < (troubled ? 0.12 : 0.01)
      ? pick([500, 502, 503])
      : dice < 0.2
        ? pick([404, 404, 403, 401])
        : dice < 0.3
          ? pick([301, 304, 304])
          : 200
  const bytes = status === 304 ? 0 : Math.floor(200 + random() * random() * 60_000)
  const method = random() < 0.85 ? 'GET' : 'POST'
  return `${address} - - [${timestamp(now)}] "${method} ${pick(pages)} HTTP/1.1" ${status} ${bytes} "-" "${pick(agents)}"`
}

function timestamp(now: number): string {
  const at = new Date(now)
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${two(at.getUTCDate())}/${months[at.getUTCMonth()]}/${at.getUTCFullYear()}`
  return `${day}:${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0000`
}
