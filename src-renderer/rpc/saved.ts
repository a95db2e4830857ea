// A document that was just saved, until the subscription tells the same: otherwise the text before it would come back for a moment.
import { useState } from 'react'

/** The newest of what the subscription says and what a save has answered; and how to tell of a save. */
export function useSaved<D extends { readonly version: string }>(live: D | undefined): [D | undefined, (saved: D) => void] {
  const [saved, setSaved] = useState<{ readonly document: D; readonly instead: string | undefined }>()
  const document = saved !== undefined && live?.version === saved.instead ? saved.document : live
  return [document, (next) => setSaved({ document: next, instead: live?.version })]
}
