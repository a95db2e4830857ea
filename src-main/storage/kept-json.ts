// JSON that Millrace keeps for itself, checked where it is read back: it may come from another version, or somebody may have changed it.
import * as v from 'valibot'
import { MillraceError, messageOf } from '../../src-shared/errors.ts'

/** Where a text was kept, for the sentence about what is wrong with it. */
export interface KeptPlace {
  /** `The file /a/b.json`. */
  readonly what: string
  /** What a person can do, as a sentence. */
  readonly mend: string
}

/** The value of a kept text, which has the form of `schema`. Throws IO, with what is wrong and what can be done, when it has not. */
export function keptJson<T>(schema: v.GenericSchema<unknown, T>, text: string, place: KeptPlace): T {
  const parsed = v.safeParse(schema, jsonOf(text, place))
  if (parsed.success) return parsed.output
  const [issue] = parsed.issues
  throw notKept(place, `${v.getDotPath(issue) ?? 'the whole'}: ${issue.message}`)
}

function jsonOf(text: string, place: KeptPlace): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw notKept(place, messageOf(error), error)
  }
}

function notKept({ what, mend }: KeptPlace, problem: string, cause?: unknown): MillraceError {
  return new MillraceError('IO', `${what} is not as Millrace wrote it (${problem}). ${mend}`, { cause })
}
