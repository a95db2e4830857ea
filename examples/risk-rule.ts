// A card that is used in two places within ten minutes. Lines are `card,place,amount`.
import { minutes, StreamingContext, seconds } from 'millrace'

const ssc = new StreamingContext({ appName: 'risk-rule', batchDuration: seconds(5) })

ssc
  .channelStream('c1')
  .text()
  .map((line) => line.split(','))
  .filter((fields) => fields.length === 3)
  .map((fields): [string, string] => [fields[0]!, fields[1]!])
  .groupByKeyAndWindow(minutes(10), seconds(5))
  .mapValues((places) => [...new Set(places)].sort())
  .filter(([, places]) => places.length > 1)
  .map(([card, places]) => `card ${card} was used in ${places.join(' and ')} within ten minutes`)
  .print(100)

ssc.start()
await ssc.awaitTermination()
