// Calls that must not overlap, such as the saves of one document: whoever holds the keys down asks again before he is answered.
import { useState } from 'react'
import { oneAtATime } from '../../src-shared/one-at-a-time.ts'

/** Runs what it is given when everything that it was given before has ended. */
export function useTurns(): ReturnType<typeof oneAtATime> {
  return useState(oneAtATime)[0]
}
