// org.apache.flume.Context: a component's parameters with the accessors whose failures decide what a real Flume configures.

import { javaBoolean, javaInteger, javaLong } from '../java-text.ts'
import { JavaThrowable } from '../java-throwable.ts'

/** Something that Flume's configure() throws. */
export class ConfigureError extends Error {
  override readonly name = 'ConfigureError'
}

class NumberFormatError extends ConfigureError {}

/** What is no exception in Java but an error, which Flume catches nowhere: the whole agent fails. */
export class JavaError extends JavaThrowable {
  override readonly name = 'JavaError'
}

/** A library that a Flume does not bring along. */
export const missingLibrary = (className: string): JavaError => new JavaError('java.lang.NoClassDefFoundError', className)

/** Throws where no Java machine, however large, makes an array for so many. What lies below depends on the memory that it was given. */
export function checkArray(length: number): void {
  if (length > 2 ** 31 - 3) throw new JavaError('java.lang.OutOfMemoryError', 'Requested array size exceeds VM limit')
}

export class FlumeContext {
  readonly parameters: Map<string, string>

  constructor(parameters: Iterable<readonly [string, string]> = []) {
    this.parameters = new Map(parameters)
  }

  get(key: string): string | undefined {
    return this.parameters.get(key)
  }

  put(key: string, value: string): void {
    this.parameters.set(key, value)
  }

  /** getInteger: undefined when absent. Throws NumberFormatError. */
  integer(key: string): number | undefined {
    return this.#number(key, javaInteger)
  }

  long(key: string): number | undefined {
    return this.#number(key, javaLong)
  }

  boolean(key: string, otherwise: boolean): boolean {
    const value = this.get(key)
    return value === undefined ? otherwise : javaBoolean(value)
  }

  /** ensureRequiredNonNull. */
  required(...keys: string[]): void {
    for (const key of keys)
      if (!this.parameters.has(key)) throw new ConfigureError(`Required parameter ${key} must exist and may not be null`)
  }

  /** getSubProperties: `prefix` ends in a dot. */
  sub(prefix: string): FlumeContext {
    return new FlumeContext(
      [...this.parameters].flatMap(([key, value]) => (key.startsWith(prefix) ? [[key.slice(prefix.length), value] as const] : [])),
    )
  }

  #number(key: string, parse: (text: string) => number | undefined): number | undefined {
    const value = this.get(key)
    if (value === undefined) return undefined
    const number = parse(value)
    if (number === undefined) throw new NumberFormatError(`${key}: For input string: "${value}"`)
    return number
  }
}

/** A number that Flume takes the default for when it is none. */
export function integerOr(context: FlumeContext, key: string, otherwise: number): number {
  try {
    return context.integer(key) ?? otherwise
  } catch (error) {
    if (error instanceof NumberFormatError) return otherwise
    throw error
  }
}
