// What a stream program imports as `millrace`.
export { Duration, milliseconds, minutes, seconds, Time } from '../../src-shared/streaming/time.ts'
