// A process that takes HTTP requests and answers 200 without looking at what is in them: what the bench's client can send at most here.
// node http-stub.ts PORT; says `listening` on stdout when it does.
import { createServer, type Socket } from 'node:net'

const answer = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
const headEnd = '\r\n\r\n'

/** Skips the bodies; keeps only the head of a request that has not come whole. */
function serve(socket: Socket): void {
  let head = ''
  let bodyLeft = 0
  socket.on('data', (chunk) => {
    for (let at = 0; at < chunk.length; ) {
      if (bodyLeft === 0) {
        const joined = head + chunk.toString('latin1', at)
        const end = joined.indexOf(headEnd)
        if (end < 0) {
          head = joined
          return
        }
        at += end + headEnd.length - head.length
        head = ''
        bodyLeft = Number(/content-length: *(\d+)/i.exec(joined.slice(0, end))?.[1])
      }
      const skipped = Math.min(bodyLeft, chunk.length - at)
      at += skipped
      bodyLeft -= skipped
      if (bodyLeft === 0) socket.write(answer)
    }
  })
  socket.on('error', () => socket.destroy())
}

createServer(serve).listen(Number(process.argv[2]), '127.0.0.1', () => console.log('listening'))
