// The contract's `settings` area.
import { os } from '../serve-link.ts'
import type { SettingsService } from '../settings-service.ts'

export function settingsRouter(settings: SettingsService) {
  return os.settings.router({
    values: os.settings.values.handler(({ signal }) => settings.values(signal)),
    change: os.settings.change.handler(({ input }) => settings.change(input)),
    windowState: os.settings.windowState.handler(({ input }) => settings.windowState(input.key)),
    saveWindowState: os.settings.saveWindowState.handler(({ input }) => settings.saveWindowState(input.key, input.state)),
  })
}
