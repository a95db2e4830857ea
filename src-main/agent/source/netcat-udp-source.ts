// source `netcatudp`: one event per datagram: what stands before its first line feed (Flume NetcatUdpSource).
import { createSocket, type Socket } from 'node:dgram'
import { messageOf } from '../../../src-shared/errors.ts'
import { batchOf } from '../../../src-shared/event/build-batch.ts'
import { int, list, string } from '../../../src-shared/spec/property.ts'
import { defineSource } from '../../component/define.ts'
import { bindUdp } from './listen.ts'

/** Datagrams that wait for the channel; what comes beyond is lost, as UDP has no way to hold a sender back. */
const mostWaiting = 10_000

export const definition = defineSource({
  type: 'netcatudp',
  className: 'org.apache.flume.source.NetcatUdpSource',
  summary: 'Listens on a UDP port and makes an event of each datagram.',
  withoutMetrics: true,
  rules: ['listen-on-loopback', 'netcatudp-remote-address'],
  properties: {
    channels: list().default([]).describe('Channels to write to.'),
    port: int().min(0).max(65_535).describe('Port to listen on.'),
    bind: string().default('127.0.0.1').describe('Address to listen on; 0.0.0.0 for all.'),
    remoteAddress: string().optional().describe('Header that gets the sender as /address:port.'),
    remoteAddressHeader: string().optional().describe('The same key as Flume’s documentation spells it.'),
  },
  examples: [{ title: 'From other machines', properties: 'bind = 0.0.0.0\nport = 6666' }],
  create: ({ port, bind, remoteAddress, remoteAddressHeader }, { channelProcessor, counters, log, status }) => {
    const header = remoteAddress ?? remoteAddressHeader
    let socket: Socket | undefined
    let waiting: { body: Uint8Array; headers: Record<string, string> }[] = []
    let delivering: Promise<void> | undefined

    const deliver = async (): Promise<void> => {
      while (waiting.length > 0) {
        const some = waiting.splice(0, channelProcessor.batchRoom())
        try {
          await channelProcessor.processEventBatch(batchOf(some))
          counters.add('EventAcceptedCount', some.length)
        } catch (error) {
          counters.drop(some.length, 'refused by a channel; a datagram cannot be asked for again', false)
          log.warn(`${some.length} datagrams were refused by a channel and are lost: ${messageOf(error)}`)
        }
      }
      delivering = undefined
    }
    const receive = (datagram: Buffer, sender: string): void => {
      counters.add('EventReceivedCount', 1)
      if (waiting.length >= mostWaiting) {
        counters.drop(1, 'came faster than the channel takes events', false)
        return
      }
      const end = datagram.indexOf(10)
      waiting.push({ body: end < 0 ? datagram : datagram.subarray(0, end), headers: header === undefined ? {} : { [header]: sender } })
      delivering ??= deliver()
    }

    return {
      async start() {
        waiting = []
        const opened = createSocket(bind.includes(':') ? 'udp6' : 'udp4')
        opened.on('message', (datagram, from) => receive(datagram, `/${from.address}:${from.port}`))
        await bindUdp(opened, port, bind)
        opened.on('error', (error) => log.error(`The UDP socket failed: ${error.message}`))
        socket = opened
        status(`Listening on ${bind}:${opened.address().port}, UDP`)
      },
      async stop() {
        const open = socket
        socket = undefined
        if (open !== undefined) await new Promise<void>((resolve) => open.close(() => resolve()))
        await delivering
      },
    }
  },
})
