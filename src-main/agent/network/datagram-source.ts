// What sources that take datagrams have in common: a UDP port, and a queue between it and the channel.
import { createSocket, type Socket } from 'node:dgram'
import type { SourceContext } from '../../component/context.ts'
import type { Source } from '../../component/define.ts'
import { DatagramQueue, type DatagramQueueOptions } from './datagram-queue.ts'
import { bindUdp } from './listen.ts'

export interface DatagramSourceOptions extends DatagramQueueOptions {
  readonly host: string
  readonly port: number
  /** Whether a datagram is queued; all are when absent. What is not is for this function to count. */
  readonly accepts?: (datagram: Buffer, address: string) => boolean
}

export function datagramSource(options: DatagramSourceOptions, context: SourceContext): Source {
  const { host, port, accepts } = options
  const { counters, log, status } = context
  const queue = new DatagramQueue(options, context)
  let socket: Socket | undefined
  return {
    async start() {
      const opened = createSocket(host.includes(':') ? 'udp6' : 'udp4')
      opened.on('message', (datagram, from) => {
        if (accepts?.(datagram, from.address) !== false) queue.add(datagram, from.address, from.port)
      })
      await bindUdp(opened, port, host)
      opened.on('error', (error) => {
        counters.add('EventReadFail', 1)
        log.error(`The UDP socket failed: ${error.message}`)
      })
      socket = opened
      status(`Listening on ${host}:${opened.address().port}, UDP`)
    },
    async stop() {
      const open = socket
      socket = undefined
      if (open !== undefined) await new Promise<void>((resolve) => open.close(() => resolve()))
      await queue.settled()
    },
  }
}
