// A failed task's message begins as Spark's does, with stage and executor; what a person wants to read first is what was thrown.

/** `RangeError: no page` out of `Job aborted due to stage failure: … (localhost executor driver): RangeError: no page: no page`. */
export function shortError(message: string): string {
  const thrown =
    /\(localhost executor driver\): ([\s\S]+)$/.exec(message)?.[1] ?? message.replace(/(^|: )(?:SparkException|MillraceError): /, '$1')
  // The message of the cause, which the one before it has already.
  const parts = /^(\w+: )([\s\S]+): ([\s\S]+)$/.exec(thrown)
  if (parts !== null && parts[2]!.trim() === parts[3]!.trim()) return `${parts[1]}${parts[2]}`
  const half = thrown.length / 2
  for (let cut = thrown.indexOf(': ', Math.floor(half) - 20); cut >= 0 && cut < half + 40; cut = thrown.indexOf(': ', cut + 1)) {
    const tail = thrown.slice(cut + 2)
    if (tail.length > 3 && thrown.slice(0, cut).endsWith(tail)) return thrown.slice(0, cut)
  }
  return thrown
}
