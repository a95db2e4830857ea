// Asks for a line: a number, or a percentage of the log.
import { useState } from 'react'
import { Dialog } from '../ui/dialog.tsx'
import { formatCount } from '../ui/format.ts'

export function GoToLine({ lines, onGo, onClose }: { lines: number; onGo: (line: number) => void; onClose: () => void }) {
  const [text, setText] = useState('')
  const line = lineOf(text, lines)
  return (
    <Dialog title="Go to line" titleHidden look="palette" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (line === undefined) return
          onClose()
          onGo(line)
        }}
      >
        <input
          className="log-go-field"
          aria-label="Line number or percentage"
          placeholder={`Line from 1 to ${formatCount(lines)}, or 50%`}
          value={text}
          autoFocus
          onChange={(event) => setText(event.target.value)}
        />
        <p className="log-go-answer">
          {line !== undefined
            ? `Enter goes to line ${formatCount(line + 1)}.`
            : text === ''
              ? ''
              : `“${text}” is neither a line number nor a percentage.`}
        </p>
      </form>
    </Dialog>
  )
}

/** 0-based line that a text asks for. */
function lineOf(text: string, lines: number): number | undefined {
  const match = /^\s*([\d,_ ]+(?:\.\d+)?)\s*(%?)\s*$/.exec(text)
  if (match === null || lines === 0) return undefined
  const value = Number(match[1]!.replace(/[,_ ]/g, ''))
  const line = match[2] === '%' ? Math.round((Math.min(100, value) / 100) * (lines - 1)) : Math.round(value) - 1
  return Math.max(0, Math.min(lines - 1, line))
}
