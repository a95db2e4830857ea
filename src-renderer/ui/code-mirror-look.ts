// What the code editor looks like: colours and sizes come from the tokens, so that light and dark need nothing here.
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import type { Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'

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
  // The library's own are pictures in colours of its own, too light to be seen on white.
  '.cm-lint-marker': { width: '1em', height: '1em', lineHeight: '1', textAlign: 'center', content: 'none' },
  '.cm-lint-marker-error': { content: 'none', color: 'var(--failed)' },
  '.cm-lint-marker-warning': { content: 'none', color: 'var(--retrying)' },
  '.cm-lint-marker-info': { content: 'none', color: 'var(--text-3)' },
  '.cm-lint-marker-error::before': { content: '"✕"' },
  '.cm-lint-marker-warning::before': { content: '"⚠"' },
  '.cm-lint-marker-info::before': { content: '"ℹ"' },
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

export const codeMirrorLook: Extension = [syntaxHighlighting(colours), theme]
