// What the engine says of a text while it is typed: its problems, and its picture.
import { useEffect, useState } from 'react'
import type { PipelineGraph } from '../../src-shared/contract/pipelines.ts'
import type { Problem } from '../../src-shared/flume/problem.ts'
import { engine } from '../rpc/connection.ts'

export interface CheckedText {
  /** The text that this is said of: not always the one that was asked about last. */
  readonly text: string
  readonly problems: readonly Problem[]
  readonly graph: PipelineGraph
}

/** After the last key of a hand that types. */
const quietMs = 120

/** The newest answer for the pipeline `id`; `text` undefined asks for nothing. */
export function useCheckedText(id: string, text: string | undefined): CheckedText | undefined {
  const [checked, setChecked] = useState<CheckedText>()
  useEffect(() => {
    if (text === undefined) return
    let left = false
    const timer = setTimeout(async () => {
      try {
        const answer = await engine.pipelines.check({ id, text })
        if (!left) setChecked({ text, ...answer })
      } catch {
        // The engine is away; the next key asks again, and the last picture stays.
      }
    }, quietMs)
    return () => {
      left = true
      clearTimeout(timer)
    }
  }, [id, text])
  return checked
}
