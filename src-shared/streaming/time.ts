// Spark Streaming's value types for time: Duration, Time, Interval. All in whole milliseconds; none of them reads a clock.
import { ArithmeticException, IllegalArgumentException } from './exceptions.ts'

/** A span of time. Immutable; prints as `1000 ms`. */
export class Duration {
  readonly milliseconds: number

  /** Throws IllegalArgumentException unless it is a number. */
  constructor(milliseconds: number) {
    if (typeof milliseconds !== 'number' || Number.isNaN(milliseconds))
      throw new IllegalArgumentException(`A Duration is a number of milliseconds, and not ${milliseconds}.`)
    this.milliseconds = milliseconds
  }

  plus(that: Duration): Duration {
    return new Duration(this.milliseconds + that.milliseconds)
  }

  minus(that: Duration): Duration {
    return new Duration(this.milliseconds - that.milliseconds)
  }

  times(factor: number): Duration {
    return new Duration(this.milliseconds * factor)
  }

  /** How many times `that` fits, as a fraction. */
  div(that: Duration): number {
    return this.milliseconds / that.milliseconds
  }

  less(that: Duration): boolean {
    return this.milliseconds < that.milliseconds
  }

  lessEq(that: Duration): boolean {
    return this.milliseconds <= that.milliseconds
  }

  greater(that: Duration): boolean {
    return this.milliseconds > that.milliseconds
  }

  greaterEq(that: Duration): boolean {
    return this.milliseconds >= that.milliseconds
  }

  /** Throws ArithmeticException for one of 0 ms, as Java does. */
  isMultipleOf(that: Duration): boolean {
    if (that.isZero()) throw new ArithmeticException('/ by zero')
    return this.milliseconds % that.milliseconds === 0
  }

  isZero(): boolean {
    return this.milliseconds === 0
  }

  min(that: Duration): Duration {
    return this.less(that) ? this : that
  }

  max(that: Duration): Duration {
    return this.less(that) ? that : this
  }

  equals(that: Duration): boolean {
    return this.milliseconds === that.milliseconds
  }

  toString(): string {
    return `${this.milliseconds} ms`
  }
}

/** `seconds(5)`: how programs write a Duration. */
export const milliseconds = (count: number): Duration => new Duration(count)
export const seconds = (count: number): Duration => new Duration(count * 1000)
export const minutes = (count: number): Duration => new Duration(count * 60_000)

/** An instant, milliseconds since 1970 UTC: a batch time. Immutable; prints as `1500000000000 ms`. */
export class Time {
  readonly milliseconds: number

  constructor(milliseconds: number) {
    this.milliseconds = milliseconds
  }

  plus(duration: Duration): Time {
    return new Time(this.milliseconds + duration.milliseconds)
  }

  minus(that: Time): Duration
  minus(that: Duration): Time
  minus(that: Time | Duration): Time | Duration {
    const difference = this.milliseconds - that.milliseconds
    return that instanceof Time ? new Duration(difference) : new Time(difference)
  }

  less(that: Time): boolean {
    return this.milliseconds < that.milliseconds
  }

  lessEq(that: Time): boolean {
    return this.milliseconds <= that.milliseconds
  }

  greater(that: Time): boolean {
    return this.milliseconds > that.milliseconds
  }

  greaterEq(that: Time): boolean {
    return this.milliseconds >= that.milliseconds
  }

  equals(that: Time): boolean {
    return this.milliseconds === that.milliseconds
  }

  isMultipleOf(duration: Duration): boolean {
    return this.milliseconds % duration.milliseconds === 0
  }

  /** The latest `zero + n * duration` that is not after this time. */
  floor(duration: Duration, zero: Time = new Time(0)): Time {
    const step = duration.milliseconds
    return new Time(Math.floor((this.milliseconds - zero.milliseconds) / step) * step + zero.milliseconds)
  }

  /** Times from this one in steps, `end` left out. */
  until(end: Time, step: Duration): Time[] {
    const times: Time[] = []
    for (let at = this.milliseconds; at < end.milliseconds; at += step.milliseconds) times.push(new Time(at))
    return times
  }

  /** Times from this one in steps, `end` included when a step hits it. */
  to(end: Time, step: Duration): Time[] {
    return this.until(new Time(end.milliseconds + 1), step)
  }

  min(that: Time): Time {
    return this.less(that) ? this : that
  }

  max(that: Time): Time {
    return this.less(that) ? that : this
  }

  toString(): string {
    return `${this.milliseconds} ms`
  }
}

/** From one instant to another. */
export class Interval {
  readonly beginTime: Time
  readonly endTime: Time

  constructor(beginTime: Time, endTime: Time) {
    this.beginTime = beginTime
    this.endTime = endTime
  }

  duration(): Duration {
    return this.endTime.minus(this.beginTime)
  }

  plus(duration: Duration): Interval {
    return new Interval(this.beginTime.plus(duration), this.endTime.plus(duration))
  }

  minus(duration: Duration): Interval {
    return new Interval(this.beginTime.minus(duration), this.endTime.minus(duration))
  }

  /** The interval of length `duration` that holds `now`, aligned to 1970. */
  static currentInterval(now: Time, duration: Duration): Interval {
    const begin = now.floor(duration)
    return new Interval(begin, begin.plus(duration))
  }

  toString(): string {
    return `[${this.beginTime}, ${this.endTime}]`
  }
}
