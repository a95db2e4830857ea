// Shortcuts: the notation of the command table (`Mod+Shift+P`, `n`, `?`) against key events and for display.

const isMac = /Mac|iPhone|iPad/.test(navigator.platform)

const names: Readonly<Record<string, string>> = {
  Mod: isMac ? '⌘' : 'Ctrl',
  Shift: isMac ? '⇧' : 'Shift',
  Alt: isMac ? '⌥' : 'Alt',
  ArrowDown: '↓',
  ArrowUp: '↑',
  PageDown: 'PgDn',
  PageUp: 'PgUp',
  Escape: 'Esc',
}

/** `Mod+Shift+P` → `['Ctrl', 'Shift', 'P']`; a lone capital letter is Shift and the letter. */
export function chordParts(chord: string): string[] {
  const parts = chord === '+' ? ['+'] : chord.split('+').map((part) => (part === '' ? '+' : part))
  if (chord.endsWith('++')) parts.pop()
  if (parts.length === 1 && /^[A-Z]$/.test(chord)) return [names['Shift']!, chord]
  return parts.map((part) => names[part] ?? (part.length === 1 ? part.toUpperCase() : part))
}

/** The event in the notation of the table. Letters without modifiers keep their case: `g` and `G` are two shortcuts. */
export function chordOf(event: KeyboardEvent): string {
  const mod = isMac ? event.metaKey : event.ctrlKey
  const { key } = event
  if (mod || event.altKey) {
    const name = key.length === 1 ? key.toUpperCase() : key
    const shift = event.shiftKey && (key.length > 1 || /[a-z]/i.test(key))
    return [mod && 'Mod', event.altKey && 'Alt', shift && 'Shift', name].filter(Boolean).join('+')
  }
  return event.shiftKey && key.length > 1 ? `Shift+${key}` : key
}

/** True where a plain letter belongs to what the person is typing. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.composedPath()[0]
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'range'].includes(target.type)
}
