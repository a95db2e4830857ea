// A code editor that is loaded when it is first shown.
import type { Extension } from '@codemirror/state'
import { lazy, Suspense } from 'react'
import './code-editor.css'

export interface CodeProblem {
  readonly severity: 'error' | 'warning' | 'info'
  /** 1-based. */
  readonly line: number
  readonly column?: number
  readonly message: string
}

export interface CodePlace {
  readonly line: number
  readonly column?: number
  readonly focus?: boolean
}

export interface CodeEditorProps {
  label: string
  language: 'properties' | 'typescript'
  /** The text; a change from outside replaces what is in the editor and keeps the cursor where it can. */
  text: string
  problems: readonly CodeProblem[]
  /** A place to show: the line comes into view, the cursor goes there, with `focus` the keyboard too. A new object each time. */
  reveal?: CodePlace | undefined
  readOnly?: boolean
  /** What knows the language better than the editor (completion, hover); may come later. */
  support?: Extension | undefined
  onChange: (text: string) => void
  /** 1-based line of the cursor, when it moves to another one. */
  onLine?: (line: number) => void
}

const Editor = lazy(async () => ({ default: (await import('./code-mirror.tsx')).CodeMirrorEditor }))

export function CodeEditor(props: CodeEditorProps) {
  return (
    <Suspense fallback={<div className="code-editor" />}>
      <Editor key={`${props.label} ${props.language} ${props.readOnly}`} {...props} />
    </Suspense>
  )
}
