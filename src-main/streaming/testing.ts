// What the test of a stream program imports as `millrace/testing`.
export { ManualClock } from '../clock.ts'
