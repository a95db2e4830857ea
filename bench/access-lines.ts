// The lines that Spark's own bench counts (peers/spark/bench): 133 characters, about 11 words each, most of them distinct because of
// addresses and sizes. The same arithmetic, so that both count the same words.
const methods = ['GET', 'POST', 'PUT', 'HEAD']
const codes = ['200', '304', '404', '500']
const agents = ['Mozilla/5.0', 'curl/7.88.1', 'Wget/1.21.3', 'Go-http/1.1']

/** Line `index`, 133 characters, without its end. */
export function accessLine(index: number): string {
  let state = Number((BigInt(index) * 2654435761n + 12345n) & 0xffffffffn)
  const next = (bound: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state >>> 16) % bound
  }
  const address = `${10 + next(4)}.${next(256)}.${next(256)}.${next(256)}`
  const second = Math.floor(index / 100)
  const two = (value: number): string => String(value).padStart(2, '0')
  const time = `${two(Math.floor(second / 3600) % 24)}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}`
  const request = `"${methods[next(4)]} /p/${next(1000)} HTTP/1.1" ${codes[next(4)]} ${next(50000)}`
  return `${address} - - [12/Mar/2024:${time} +0000] ${request} "-" "${agents[next(4)]}" `.padEnd(133, 'x')
}

/** A line of a thousand distinct words in all: 11 words, 133 characters. */
export function fewWordsLine(index: number): string {
  let state = Number((BigInt(index) * 2654435761n + 12345n) & 0xffffffffn)
  const words: string[] = []
  for (let word = 0; word < 11; word++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    words.push(`word-${String((state >>> 16) % 1000).padStart(6, '0')}`)
  }
  return words.join(' ').padEnd(133, ' x').slice(0, 133)
}
