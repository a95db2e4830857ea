// A process that loads one source of an agent on 127.0.0.1 as fast as it takes: node line-load.ts netcat|syslogtcp|http PORT EVENTS.
// Bodies of 133 bytes. Says `begun` on stdout when it begins to send; ends when everything was sent and what is to be answered was answered;
// exit code 1 when something was refused.
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
    socket.on('connect', () => {
      console.log('begun')
      write()
    })
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

/** Whether an HTTP answer has its end: Jetty sends an empty body in chunks. */
function isWhole(answer: string): boolean {
  const headEnd = answer.indexOf('\r\n\r\n')
  if (headEnd < 0) return false
  if (/^transfer-encoding: *chunked/im.test(answer)) return answer.endsWith('\r\n0\r\n\r\n')
  return answer.length >= headEnd + 4 + Number(/^content-length: *(\d+)/im.exec(answer)?.[1])
}

/**
 * Requests of 1,000 events as JSON on four connections, each its next when the last was answered. The bytes of a request are made once, and
 * of an answer only its status and length are read: what the client takes of the processors, the agent beside it has not.
 */
async function post(): Promise<void> {
  const body = Buffer.from(JSON.stringify(bodies.map((line) => ({ headers: {}, body: line }))))
  const head = `POST / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`
  const whole = Buffer.concat([Buffer.from(head), body])
  let left = events / distinct
  console.log('begun')
  const lane = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1')
      let answer = ''
      const next = (): void => {
        if (left === 0) return void socket.end()
        left -= 1
        socket.write(whole)
      }
      socket.on('connect', next)
      socket.on('data', (chunk) => {
        answer += chunk.toString('latin1')
        if (!isWhole(answer)) return
        if (!answer.startsWith('HTTP/1.1 200 ')) return void socket.destroy(new Error(`A request was answered ${answer}`))
        answer = ''
        next()
      })
      socket.on('error', reject)
      socket.on('close', () => (left === 0 && answer === '' ? resolve() : reject(new Error('A connection was closed before its answer.'))))
    })
  await Promise.all([lane(), lane(), lane(), lane()])
}

if (kind === 'http') await post()
else if (kind === 'netcat') await sendLines(bodies, 'OK\n'.length)
else
  await sendLines(
    bodies.map((line) => `<13>Nov 28 12:00:00 host app: ${line}`),
    0,
  )
