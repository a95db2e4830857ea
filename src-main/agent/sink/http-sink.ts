// HTTP sink: one POST per event and transaction. Which answers are rolled back, backed off and counted is configured by status code or group.
import { MillraceError, messageOf } from '../../../src-shared/errors.ts'
import { bodyAt } from '../../../src-shared/event/event-batch.ts'
import { boolean, int, map, string } from '../../../src-shared/spec/property.ts'
import { defineSink, type Status } from '../../component/define.ts'
import type { Transaction } from '../channel/channel.ts'
import { untilAborted } from '../lifecycle/back-off.ts'

/** Answers that are about the event sent. Others are about the address, who asks, or how it goes at the moment. */
const refusing = new Set([400, 406, 409, 411, 413, 414, 415, 417, 422, 431])

type Rules = Readonly<Record<string, boolean>>

/** The most specific rule for a status: its code (`503`), then its group (`5XX`), then the default. */
export function ruleFor(status: number, rules: Rules, byDefault: boolean): boolean {
  return rules[`${status}`] ?? rules[`${Math.floor(status / 100)}XX`] ?? byDefault
}

export const definition = defineSink({
  type: 'http',
  className: 'org.apache.flume.sink.http.HttpSink',
  summary: 'Posts each event’s body to an HTTP endpoint.',
  properties: {
    endpoint: string().describe('http: or https: address that events are posted to.'),
    connectTimeout: int().min(1).default(5000).unit('ms').describe('Together with requestTimeout the longest wait for an answer.'),
    requestTimeout: int().min(1).default(5000).unit('ms').describe('Longest wait for the answer once connected.'),
    contentTypeHeader: string().default('text/plain').describe('Content-Type of the request.'),
    acceptHeader: string().default('text/plain').describe('Accept of the request.'),
    defaultBackoff: boolean().default(true).describe('Back off after an answer that no rule names.'),
    defaultRollback: boolean().default(true).describe('Roll back (send again) after an answer that no rule names.'),
    defaultIncrementMetrics: boolean().default(false).describe('Count an answer that no rule names as delivered.'),
    'backoff.*': map(boolean()).describe('Per status (503) or group (5XX): back off.'),
    'rollback.*': map(boolean()).describe('Per status (503) or group (5XX): roll back.'),
    'incrementMetrics.*': map(boolean()).describe('Per status (503) or group (5XX): count as delivered.'),
  },
  rules: ['http-sink-2xx'],
  examples: [{ title: 'To a collector', properties: 'endpoint = http://127.0.0.1:8080/in\nrollback.503 = true' }],
  create: (options, context) => {
    const endpoint = endpointOf(options.endpoint)
    const { channel, counters } = context
    // Flume's defaults send an event that was answered 200 again, for ever. Where nobody configured an answer of 2xx, it is delivered here (rule http-sink-2xx).
    const configured = (rules: Rules, status: number): boolean =>
      Object.hasOwn(rules, `${status}`) || Object.hasOwn(rules, `${Math.floor(status / 100)}XX`)
    const plainSuccess = (status: number): boolean =>
      status >= 200 &&
      status < 300 &&
      ![options['backoff.*'], options['rollback.*'], options['incrementMetrics.*']].some((rules) => configured(rules, status))

    let held = false
    const post = async (body: Uint8Array): Promise<number> => {
      const response = await fetch(endpoint, {
        method: 'POST',
        body: body as Uint8Array<ArrayBuffer>,
        headers: { 'Content-Type': options.contentTypeHeader, Accept: options.acceptHeader },
        redirect: 'manual',
        signal: AbortSignal.timeout(options.connectTimeout + options.requestTimeout),
      })
      await response.arrayBuffer()
      return response.status
    }

    const answered = async (transaction: Transaction, status: number): Promise<Status> => {
      const success = plainSuccess(status)
      if (success && options.defaultRollback) context.departs('http-sink-2xx')
      if (success || ruleFor(status, options['incrementMetrics.*'], options.defaultIncrementMetrics))
        counters.add('EventDrainSuccessCount', 1)
      if (!success && ruleFor(status, options['rollback.*'], options.defaultRollback)) {
        held = true
        const code = refusing.has(status) ? 'EVENT_REFUSED' : 'EVENT_DELIVERY'
        await transaction.rollback(new MillraceError(code, `${endpoint.host} answered ${status}`))
        context.status(`${endpoint.host} answered ${status}; the event is sent again`, {
          severity: 'warning',
          hint: `Set rollback.${status} = false to give such events up.`,
        })
      } else {
        await transaction.commit()
        context.status(`${endpoint.host} answered ${status}`)
      }
      return !success && ruleFor(status, options['backoff.*'], options.defaultBackoff) ? 'BACKOFF' : 'READY'
    }

    return {
      async process(): Promise<Status> {
        const transaction = channel.transaction()
        transaction.begin()
        held = false
        let failing: 'ChannelReadFail' | 'EventWriteFail' = 'ChannelReadFail'
        try {
          const batch = await transaction.take({ events: 1, bytes: Number.POSITIVE_INFINITY })
          const body = batch === null ? undefined : bodyAt(batch, 0)
          if (body === undefined || body.length === 0) {
            await transaction.commit()
            return 'BACKOFF'
          }
          counters.add('EventDrainAttemptCount', 1)
          failing = 'EventWriteFail'
          const status = await post(body)
          failing = 'ChannelReadFail'
          return await answered(transaction, status)
        } catch (error) {
          if (transaction.state === 'OPEN') await transaction.rollback(error)
          held = true
          counters.add(failing, 1)
          const what = failing === 'EventWriteFail' ? `${endpoint.host} cannot be reached` : `${channel.name} does not give the event`
          context.status(`${what}: ${messageOf(error)}`, {
            severity: 'warning',
            retrying: true,
            hint: 'The event stays in the channel and is sent again.',
          })
          return 'BACKOFF'
        } finally {
          transaction.close()
        }
      },
      /** What was given back is there at once; it is sent again after the whole back-off. */
      whenReady: (signal) => (held ? untilAborted(signal) : channel.whenAvailable(signal)),
    }
  },
})

function endpointOf(text: string): URL {
  const endpoint = URL.parse(text)
  if (endpoint === null || !/^https?:$/.test(endpoint.protocol)) {
    throw new MillraceError('BAD_CONFIGURATION', `endpoint = ${text} is not an http: or https: address.`)
  }
  // As Flume, which sends no password that stands in the address. fetch would refuse each request, and say the password with it.
  endpoint.username = ''
  endpoint.password = ''
  return endpoint
}
