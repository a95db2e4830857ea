// Readings of devices, `device,value` a line: each is held against the mean and the deviation of its device over the last minute, and
// printed when it is more than three deviations away.
import { StreamingContext, seconds } from 'millrace'

/** Count, sum and sum of squares: what can be added when a batch enters the window and taken away when it leaves. */
type Moments = readonly [count: number, sum: number, squares: number]

const add = (a: Moments, b: Moments): Moments => [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
const subtract = (a: Moments, b: Moments): Moments => [a[0] - b[0], a[1] - b[1], a[2] - b[2]]

function isFarOff(value: number, [count, sum, squares]: Moments): boolean {
  if (count < 10) return false
  const mean = sum / count
  const deviation = Math.sqrt(Math.max(0, squares / count - mean * mean))
  return Math.abs(value - mean) > 3 * deviation
}

const ssc = new StreamingContext({ appName: 'iot-anomaly', batchDuration: seconds(1), checkpoint: 'iot-checkpoint' })
const readings = ssc
  .channelStream('c1')
  .text()
  .map((line) => line.split(','))
  .map((fields): [string, number] => [fields[0] ?? '', Number(fields[1])])
  .filter(([, value]) => Number.isFinite(value))

const moments = readings
  .mapValues((value): Moments => [1, value, value * value])
  .reduceByKeyAndWindow(add, subtract, seconds(60), seconds(1), 1, ([, [count]]) => count > 0)

readings
  .join(moments)
  .filter(([, [value, over]]) => isFarOff(value, over))
  .map(([device, [value, [count, sum]]]) => `${device}: ${value}, while the mean of ${count} readings is ${(sum / count).toFixed(1)}`)
  .print(100)

ssc.start()
await ssc.awaitTermination()
