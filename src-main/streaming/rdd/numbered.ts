// Elements with numbers that no other partition gives.

/** `first`, `first + step` …, one at a time: a partition may be larger than memory. */
export function* numbered<T>(elements: Iterable<T>, first: number, step: number): Generator<[T, number]> {
  let number = first
  for (const element of elements) {
    yield [element, number]
    number += step
  }
}
