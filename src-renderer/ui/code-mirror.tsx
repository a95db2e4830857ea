// CodeMirror in a shadow root. In a document it would write a <style> element, which the window's content security policy refuses; in a
// shadow root it uses constructed style sheets, and the tokens reach into it.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { javascript } from '@codemirror/lang-javascript'
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, StreamLanguage } from '@codemirror/language'
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import { Annotation, Compartment, EditorState, type Extension } from '@codemirror/state'
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view'
import { useEffect, useRef, useState } from 'react'
import type { CodeEditorProps, CodePlace, CodeProblem } from './code-editor.tsx'
import { codeMirrorLook } from './code-mirror-look.ts'
import { propertiesMode } from './properties-mode.ts'

/** A change that follows the text property: nobody has to be told of it. */
const fromOutside = Annotation.define<boolean>()

/** `label`, `language` and `readOnly` are what they are at first: for others CodeEditor makes another editor. */
export function CodeMirrorEditor(props: CodeEditorProps) {
  const { text, problems, reveal, support } = props
  const frame = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(undefined)
  // Texts that were told and have not come back as the property yet: the editor is ahead of them and must not be set back.
  const told = useRef<string[]>([])
  const [supported] = useState(() => new Compartment())
  const latest = useRef(props)
  useEffect(() => {
    latest.current = props
  })

  useEffect(() => {
    const onChange = (next: string): void => {
      told.current.push(next)
      latest.current.onChange(next)
    }
    const tell = listener(onChange, (line) => latest.current.onLine?.(line))
    const extensions = [editing(latest.current), supported.of([]), codeMirrorLook, tell]
    const editor = new EditorView({ ...shadowOf(frame.current!), state: EditorState.create({ doc: latest.current.text, extensions }) })
    view.current = editor
    return () => {
      editor.destroy()
      view.current = undefined
    }
  }, [supported])

  useEffect(() => {
    view.current?.dispatch({ effects: supported.reconfigure(support ?? []) })
  }, [support, supported])

  useEffect(() => {
    const echo = told.current.indexOf(text)
    told.current = echo < 0 ? [] : told.current.slice(echo + 1)
    if (echo < 0 && view.current !== undefined) setText(view.current, text)
  }, [text])

  useEffect(() => {
    const editor = view.current
    if (editor !== undefined) editor.dispatch(setDiagnostics(editor.state, diagnosticsOf(editor.state, problems)))
  }, [problems])

  useEffect(() => {
    if (view.current !== undefined && reveal !== undefined) show(view.current, reveal)
  }, [reveal])

  return <div ref={frame} className="code-editor" />
}

function shadowOf(element: HTMLDivElement): { root: ShadowRoot; parent: HTMLElement } {
  const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' })
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(':host > div { height: 100% }')
  root.adoptedStyleSheets = [sheet]
  const parent = document.createElement('div')
  root.replaceChildren(parent)
  return { root, parent }
}

function editing({ label, language, readOnly = false }: CodeEditorProps): Extension {
  return [
    lineNumbers(),
    lintGutter(),
    history(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    highlightSelectionMatches(),
    search({ top: true }),
    language === 'typescript'
      ? [javascript({ typescript: true }), foldGutter(), closeBrackets(), autocompletion()]
      : StreamLanguage.define(propertiesMode),
    EditorState.readOnly.of(readOnly),
    // `tabindex`: a text that scrolls is reached by keyboard; that it can be edited does not say so to every tool.
    EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
    keymap.of([
      ...closeBracketsKeymap,
      ...defaultKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...foldKeymap,
      ...completionKeymap,
      ...lintKeymap,
      indentWithTab,
    ]),
  ]
}

/** Tells what the person changes, and the line of the cursor when it is another one. */
function listener(onChange: (text: string) => void, onLine: (line: number) => void): Extension {
  let line = 0
  return EditorView.updateListener.of(({ docChanged, transactions, state, view }) => {
    if (docChanged && !transactions.some((change) => change.annotation(fromOutside) === true)) onChange(state.doc.toString())
    const now = state.doc.lineAt(state.selection.main.head).number
    if (now !== line && view.hasFocus) onLine(now)
    line = now
  })
}

/** Only what differs is replaced, so that the cursor and the folds elsewhere stay. */
function setText(editor: EditorView, text: string): void {
  const now = editor.state.doc.toString()
  if (now === text) return
  let start = 0
  while (start < now.length && start < text.length && now[start] === text[start]) start++
  let end = 0
  while (end < now.length - start && end < text.length - start && now.at(-1 - end) === text.at(-1 - end)) end++
  editor.dispatch({
    changes: { from: start, to: now.length - end, insert: text.slice(start, text.length - end) },
    annotations: fromOutside.of(true),
  })
}

function show(editor: EditorView, place: CodePlace): void {
  const line = editor.state.doc.line(Math.max(1, Math.min(place.line, editor.state.doc.lines)))
  const at = Math.min(line.to, line.from + (place.column ?? 1) - 1)
  editor.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) })
  if (place.focus === true) editor.focus()
}

function diagnosticsOf(state: EditorState, problems: readonly CodeProblem[]): Diagnostic[] {
  return problems
    .filter((problem) => problem.line >= 1 && problem.line <= state.doc.lines)
    .map((problem) => {
      const line = state.doc.line(problem.line)
      const from = problem.column === undefined ? line.from : Math.min(line.to, line.from + problem.column - 1)
      return { from, to: Math.max(from, line.to), severity: problem.severity, message: problem.message }
    })
    .sort((a, b) => a.from - b.from)
}
