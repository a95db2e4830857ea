// Contract: the TypeScript language server beside a window's program editors (Language Server Protocol 3.17 as JSON text, unframed).
import { oc } from '@orpc/contract'
import * as v from 'valibot'
import { answer, count, path, text, values } from './schema.ts'

/** The first value names the session; each later one is a message of the server, in order, none left out. */
export type LanguageEvent = { readonly session: number; readonly message?: undefined } | { readonly message: string }

/** Whether an editor finds the types that a program imports from `millrace`. */
export interface ProgramTypes {
  readonly known: boolean
  /** The file that would make them known, absolute. */
  readonly configFile: string
}

export const language = {
  /** A language server of the caller's own; it ends with the subscription. NOT_FOUND when TypeScript is not installed. */
  connect: oc.output(values<LanguageEvent>()),
  /** NOT_FOUND when the session is over. */
  send: oc.input(v.strictObject({ session: count, message: text })).output(answer<void>()),
  types: oc.input(v.strictObject({ file: path })).output(answer<ProgramTypes>()),
  /** Writes a tsconfig.json beside the program. CONFLICT when there is one already. */
  writeTypes: oc.input(v.strictObject({ file: path })).output(answer<ProgramTypes>()),
}
