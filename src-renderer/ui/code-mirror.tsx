// CodeMirror in a shadow root. In a document it would write a <style> element, which the window's content security policy refuses; in a
// shadow root it uses constructed style sheets. Colours come from the tokens, which reach into the shadow root.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { javascript } from '@codemirror/lang-javascript'
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  HighlightStyle,
  indentOnInput,
  StreamLanguage,
  syntaxHighlighting,
} from '@codemirror/language'
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import { Annotation, Compartment, EditorState } from '@codemirror/state'
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useEffect, useRef, useState } from 'react'
import type { CodeEditorProps, CodeProblem } from './code-editor.tsx'
import { propertiesMode } from './properties-mode.ts'

/** A change that follows the text property: nobody has to be told of it. */
const fromOutside = Annotation.define<boolean>()

const theme = EditorView.theme({
  '&': { height: '100%', fontSize: 'var(--mono-size)', color: 'var(--text)', background: 'var(--surface)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': {
    fontFamily: 'var(--font-mono)',
    fontVariantLigatures: 'none',
    lineHeight: '20px',
    scrollbarWidth: 'thin',
    scrollbarColor: 'var(--border-strong) transparent',
  },
  '.cm-content': { caretColor: 'var(--text)', padding: '8px 0' },
  '.cm-gutters': { background: 'var(--surface)', color: 'var(--text-3)', border: '0' },
  '.cm-lineNumbers .cm-gutterElement': { padding: '0 6px 0 14px' },
  '.cm-activeLine, .cm-activeLineGutter': { background: 'var(--sunken)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': { background: 'var(--selection)' },
  '.cm-selectionMatch': { background: 'var(--hover)' },
  '.cm-searchMatch': { background: 'var(--hit)', color: 'var(--hit-text)' },
  '.cm-searchMatch-selected': { background: 'var(--hit-current)' },
  '.cm-panels': { background: 'var(--frame)', color: 'var(--text)', borderColor: 'var(--border)' },
  '.cm-panel.cm-search': { padding: '6px 10px', fontFamily: 'var(--font-ui)' },
  '.cm-textfield': { border: '1px solid var(--border-control)', borderRadius: '4px', background: 'var(--surface)', color: 'var(--text)' },
  '.cm-button': {
    border: '1px solid var(--border-strong)',
    borderRadius: '4px',
    background: 'var(--surface)',
    backgroundImage: 'none',
    color: 'var(--text)',
  },
  '.cm-tooltip': {
    border: '1px solid var(--border-strong)',
    borderRadius: '4px',
    background: 'var(--raised)',
    fontFamily: 'var(--font-ui)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--font-mono)', fontSize: 'var(--mono-size)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '2px 8px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': { background: 'var(--selected)', color: 'var(--text)' },
  '.cm-completionIcon': { color: 'var(--text-3)', opacity: '1' },
  '.cm-completionMatchedText': { textDecoration: 'none', color: 'var(--accent)' },
  '.cm-lsp-hover-tooltip, .cm-lsp-signature-tooltip, .cm-completionInfo': {
    maxWidth: '48em',
    padding: '4px 8px',
    lineHeight: '18px',
    fontSize: '12px',
  },
  '.cm-lsp-hover-tooltip pre, .cm-lsp-signature': { fontFamily: 'var(--font-mono)', whiteSpace: 'pre-wrap' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--failed)' },
  '.cm-diagnostic-warning': { borderLeftColor: 'var(--retrying)' },
  '.cm-foldPlaceholder': { background: 'var(--hover)', border: '0', color: 'var(--text-2)' },
  '.cm-matchingBracket': { background: 'var(--selected) !important' },
})

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.controlKeyword], color: 'var(--code-keyword)' },
  { tag: [tags.string, tags.regexp, tags.special(tags.string)], color: 'var(--code-string)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--code-number)' },
  { tag: [tags.comment], color: 'var(--code-comment)' },
  { tag: [tags.typeName, tags.className], color: 'var(--code-type)' },
  { tag: [tags.propertyName, tags.function(tags.variableName), tags.attributeName], color: 'var(--code-name)' },
  { tag: [tags.operator, tags.punctuation, tags.bracket], color: 'var(--text-2)' },
  { tag: tags.invalid, color: 'var(--failed)' },
])

export function CodeMirrorEditor({
  label,
  language,
  text,
  problems,
  reveal,
  readOnly = false,
  support,
  onChange,
  onLine,
}: CodeEditorProps) {
  const frame = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(undefined)
  // Texts that were told and have not come back as the property yet: the editor is ahead of them and must not be set back.
  const told = useRef<string[]>([])
  const [supported] = useState(() => new Compartment())
  const handlers = useRef({ onChange, onLine })
  useEffect(() => {
    handlers.current = { onChange, onLine }
  })

  // biome-ignore lint/correctness/useExhaustiveDependencies: the text at the beginning; later texts are taken below
  useEffect(() => {
    const element = frame.current
    if (element === null) return
    const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' })
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(':host > div { height: 100% }')
    root.adoptedStyleSheets = [sheet]
    const parent = document.createElement('div')
    root.replaceChildren(parent)
    let line = 0
    const editor = new EditorView({
      root,
      parent,
      state: EditorState.create({
        doc: text,
        extensions: [
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
          supported.of([]),
          syntaxHighlighting(colours),
          theme,
          EditorState.readOnly.of(readOnly),
          EditorView.contentAttributes.of({ 'aria-label': label }),
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
          EditorView.updateListener.of((update) => {
            if (update.docChanged && !update.transactions.some((change) => change.annotation(fromOutside) === true)) {
              const next = update.state.doc.toString()
              told.current.push(next)
              handlers.current.onChange(next)
            }
            const now = update.state.doc.lineAt(update.state.selection.main.head).number
            if (now !== line && update.view.hasFocus) handlers.current.onLine?.(now)
            line = now
          }),
        ],
      }),
    })
    view.current = editor
    return () => {
      editor.destroy()
      view.current = undefined
    }
  }, [language, readOnly, label])

  useEffect(() => {
    view.current?.dispatch({ effects: supported.reconfigure(support ?? []) })
  }, [support, supported])

  useEffect(() => {
    const editor = view.current
    if (editor === undefined) return
    const echo = told.current.indexOf(text)
    if (echo >= 0) {
      told.current.splice(0, echo + 1)
      return
    }
    told.current = []
    const now = editor.state.doc.toString()
    if (now === text) return
    // Only what differs is replaced, so that the cursor and the folds elsewhere stay.
    let start = 0
    while (start < now.length && start < text.length && now[start] === text[start]) start++
    let end = 0
    while (end < now.length - start && end < text.length - start && now.at(-1 - end) === text.at(-1 - end)) end++
    editor.dispatch({
      changes: { from: start, to: now.length - end, insert: text.slice(start, text.length - end) },
      annotations: fromOutside.of(true),
    })
  }, [text])

  useEffect(() => {
    const editor = view.current
    if (editor !== undefined) editor.dispatch(setDiagnostics(editor.state, diagnosticsOf(editor.state, problems)))
  }, [problems])

  useEffect(() => {
    const editor = view.current
    if (editor === undefined || reveal === undefined) return
    const line = editor.state.doc.line(Math.max(1, Math.min(reveal.line, editor.state.doc.lines)))
    const at = Math.min(line.to, line.from + (reveal.column ?? 1) - 1)
    editor.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) })
    if (reveal.focus === true) editor.focus()
  }, [reveal])

  return <div ref={frame} className="code-editor" />
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
