// The smallest program with a receiver of its own: it stores "Hello" every second, and every batch prints what came, with " world" behind.
import { Receiver, StreamingContext, seconds } from 'millrace'

class HelloReceiver extends Receiver<string> {
  #timer: NodeJS.Timeout | undefined

  override onStart(): void {
    this.#timer = setInterval(() => this.store('Hello'), 1000)
  }

  override onStop(): void {
    clearInterval(this.#timer)
  }
}

const ssc = new StreamingContext({ appName: 'hello', batchDuration: seconds(5) })
const stream = ssc.receiverStream(new HelloReceiver())
stream.map((text) => `${text} world`).print()

ssc.start()
await ssc.awaitTermination()
