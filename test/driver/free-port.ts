// A port that nothing listens on at the moment, and that nobody else is given: below the range from which systems take the ports of clients
// and of servers that ask for any. Only so does it stay free while a test's server is killed and started again.
import { createServer } from 'node:net'

const lowest = 20_000
const count = 12_000

export async function freePort(): Promise<number> {
  for (;;) {
    const port = lowest + Math.floor(Math.random() * count)
    if (await isFree(port)) return port
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}
