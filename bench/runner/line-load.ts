// A process that loads one source of an agent on 127.0.0.1 as fast as it takes: node line-load.ts netcat|syslogtcp|http PORT EVENTS.
// Bodies of 133 bytes. Ends when everything was sent and what is to be answered was answered; exit code 1 when something was refused.
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { accessLine } from '../access-lines.ts'

const [kind, port, events] = [process.argv[2]!, Number(process.argv[3]), Number(process.argv[4])]
const distinct = 1000
const bodies = Array.from({ length: distinct }, (_, index) => accessLine(index))

/** The same thousand lines over and over, in one connection that is read beside; `answered`: bytes that come for each line. */
function sendLines(lines: readonly string[], answered: number): Promise<void> {
  const block = Buffer.from(lines.map((line) => `${line}\n`).join(''))
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let sent = 0
    let answers = 0
    const write = (): void => {
      while (sent < events) {
        sent += lines.length
        if (!socket.write(block)) return void socket.once('drain', write)
      }
      if (answered === 0) socket.end()
    }
    socket.on('connect', write)
    socket.on('data', (chunk) => {
      answers += chunk.length
      if (answered > 0 && answers === events * answered) socket.end()
    })
    socket.on('error', reject)
    socket.on('close', () =>
      answers === events * answered ? resolve() : reject(new Error(`${answers} bytes of answers for ${events} lines`)),
    )
  })
}

/** Requests of 1,000 events as JSON on four connections. */
async function post(): Promise<void> {
  const body = Buffer.from(JSON.stringify(bodies.map((line) => ({ headers: {}, body: line }))))
  const agent = new Agent({ keepAlive: true, maxSockets: 4 })
  let left = events / distinct
  const one = (): Promise<number> =>
    new Promise((resolve, reject) => {
      const headers = { 'Content-Type': 'application/json', 'Content-Length': body.length }
      const sending = request({ port, host: '127.0.0.1', method: 'POST', agent, headers }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode ?? 0))
      })
      sending.on('error', reject).end(body)
    })
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      const status = await one()
      if (status !== 200) throw new Error(`A request was answered ${status}.`)
    }
  }
  await Promise.all([lane(), lane(), lane(), lane()])
  agent.destroy()
}

if (kind === 'http') await post()
else if (kind === 'netcat') await sendLines(bodies, 'OK\n'.length)
else
  await sendLines(
    bodies.map((line) => `<13>Nov 28 12:00:00 host app: ${line}`),
    0,
  )
