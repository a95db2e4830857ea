import { describe, expect, test } from 'vitest'
import { blameOf, heavier } from '../../../src-main/agent/dead-letter/blame.ts'
import { MillraceError } from '../../../src-shared/errors.ts'

const withCode = (code: string): Error => Object.assign(new Error(code), { code })
const because = (cause: unknown): Error => new MillraceError('EVENT_DELIVERY', 'Failed to send events', { cause })

describe('whose fault a failure is', () => {
  test.each([
    ['nobody listens', because(because(withCode('ECONNREFUSED')))],
    ['no address of the name takes a connection', because(new AggregateError([withCode('ECONNREFUSED'), withCode('EHOSTUNREACH')]))],
    ['fetch could not connect', new TypeError('fetch failed', { cause: withCode('UND_ERR_CONNECT_TIMEOUT') })],
    ['the certificate is not trusted', because(withCode('SELF_SIGNED_CERT_IN_CHAIN'))],
    ['the disk is full', because(withCode('ENOSPC'))],
    ['the dead letter channel is full', because(new MillraceError('CHANNEL_FULL', 'full'))],
  ])('not the event’s, which was never sent: %s', (_, error) => {
    expect(blameOf(error)).toBe('unsent')
  })

  test.each([
    ['no answer in time', because(new Error('No answer within 20000 ms'))],
    ['the connection broke', because(withCode('ECONNRESET'))],
    ['the next agent answered FAILED', because(new Error('Avro RPC call returned Status: FAILED'))],
    ['one address took the connection', because(new AggregateError([withCode('ECONNREFUSED'), withCode('EPIPE')]))],
    ['nothing was said', undefined],
  ])('unclear: %s', (_, error) => {
    expect(blameOf(error)).toBe('unclear')
  })

  test('the event’s where the other side refused it', () => {
    expect(blameOf(because(new MillraceError('EVENT_REFUSED', '127.0.0.1 answered 400')))).toBe('refused')
  })

  test('of several sinks the one that could say most about the event counts', () => {
    expect([
      heavier('unsent', 'unclear'),
      heavier('refused', 'unsent'),
      heavier('unclear', 'refused'),
      heavier('unsent', 'unsent'),
    ]).toEqual(['unclear', 'refused', 'refused', 'unsent'])
  })
})
