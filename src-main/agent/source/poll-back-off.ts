// The two keys that every polled source has (Flume AbstractPollableSource).
import { long } from '../../../src-shared/spec/property.ts'

export const pollBackOff = {
  backoffSleepIncrement: long().min(0).default(1000).unit('ms').describe('Each poll in a row that finds nothing sleeps this much longer.'),
  maxBackoffSleep: long().min(0).default(5000).unit('ms').describe('Longest sleep between polls.'),
}
