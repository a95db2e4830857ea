// What a JVM throws where a real Flume ends, by the name of its class.

/** Base of the errors that say which Java throwable there would be. */
export abstract class JavaThrowable extends Error {
  /** `java.lang.StackOverflowError`. */
  readonly javaClass: string

  constructor(javaClass: string, message: string) {
    super(message)
    this.javaClass = javaClass
  }
}
