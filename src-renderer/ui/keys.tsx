// A shortcut as key caps, in the words of the system the window runs on.
import { chordParts } from './chord.ts'

export function Keys({ chord }: { chord: string }) {
  return (
    <span className="ui-keys">
      {chordParts(chord).map((part) => (
        <kbd key={part}>{part}</kbd>
      ))}
    </span>
  )
}
