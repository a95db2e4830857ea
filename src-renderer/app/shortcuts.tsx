// The `?` overlay: every shortcut that does something in the view that is open.
import { useBoundCommands } from '../shell/command-registry.ts'
import { overlay } from '../shell/overlay.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Keys } from '../ui/keys.tsx'
import './shortcuts.css'

export function Shortcuts() {
  const commands = useBoundCommands().filter((command) => command.keys !== undefined)
  const byGroup = new Map<string, typeof commands>()
  for (const command of commands) byGroup.set(command.group, [...(byGroup.get(command.group) ?? []), command])
  return (
    <Dialog title="Keyboard shortcuts" onClose={() => overlay.set(undefined)}>
      <div className="shortcuts">
        {[...byGroup].map(([group, list]) => (
          <section key={group} aria-label={group}>
            <h3>{group}</h3>
            {list.map((command) => (
              <div key={command.id} className="shortcuts-row">
                <span>{command.title}</span>
                <span className="shortcuts-keys">
                  {command.keys?.map((chord) => (
                    <Keys key={chord} chord={chord} />
                  ))}
                </span>
              </div>
            ))}
          </section>
        ))}
      </div>
    </Dialog>
  )
}
