// Entry of the window: take up what was open, then show the frame.
import { createRoot } from 'react-dom/client'
import './ui/tokens.css'
import './ui/base.css'
import './ui/field.css'
import './ui/view.css'
import { App } from './app/app.tsx'
import { desktop } from './rpc/connection.ts'
import { openArrivals } from './shell/arrivals.ts'
import { listenToKeys } from './shell/command-registry.ts'
import { followDesktopMenu } from './shell/desktop-menu.ts'
import { followRunning } from './shell/desktop-running.ts'
import { openPath, takeDrops } from './shell/files.ts'
import { followAddress } from './shell/tabs.ts'
import { loadWindowState } from './shell/window-state.ts'

// The first paint waits this long for the kept tabs, so that they do not jump in; then the frame is shown without them.
const patienceMs = 300

// Before the settings are known the theme is the system's.
document.documentElement.dataset['theme'] = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'

const kept = loadWindowState().catch(() => false)
await Promise.race([kept, new Promise((resolve) => setTimeout(resolve, patienceMs))])
followAddress()
listenToKeys()
takeDrops()
followDesktopMenu()
followRunning()
createRoot(document.getElementById('root')!).render(<App />)
void kept.then(openArrivals)
desktop?.onOpenFiles((paths) => {
  for (const path of paths) void openPath(path)
})
