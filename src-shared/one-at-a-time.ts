// Work that must not overlap: starts and stops of an agent, saves of a document, writes of a file.

/** A queue: each work begins when everything that was given before has ended, well or not. */
export function oneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let before: Promise<unknown> = Promise.resolve()
  return (work) => {
    const mine = before.then(work)
    // Who gave the work hears of its failure.
    before = mine.catch(() => undefined)
    return mine
  }
}
