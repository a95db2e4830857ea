// Waiting for something to become so, with a generous limit: for what other processes and threads do in their own time.

const generousMs = 30_000

/** Resolves with the first value of `look` that is not undefined or false. `what` ends the sentence "… did not come about". */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  limitMs = generousMs,
): Promise<T> {
  const end = performance.now() + limitMs
  while (performance.now() < end) {
    const value = await look()
    if (value !== undefined && value !== false) return value
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`It did not come about in ${limitMs / 1000} s that ${what}.`)
}
