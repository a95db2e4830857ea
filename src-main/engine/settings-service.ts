// Settings of the workspace and window state, for the contract's `settings` area.
import * as v from 'valibot'
import { defaultSettings, type Settings, settingsSchema } from '../../src-shared/contract/settings.ts'
import { MillraceError } from '../../src-shared/errors.ts'
import type { Clock } from '../clock.ts'
import type { WorkspaceStore } from '../workspace/workspace-store.ts'
import { Changes, liveValues } from './live.ts'

const longestState = 1024 * 1024

export class SettingsService {
  readonly #store: WorkspaceStore
  readonly #clock: Clock
  readonly #changes = new Changes()
  #settings: Settings

  constructor(store: WorkspaceStore, clock: Clock) {
    this.#store = store
    this.#clock = clock
    // A value from an older or newer Millrace that does not fit is left aside, not the whole.
    const kept = Object.entries(store.settings()).filter(([key, value]) => {
      const schema = settingsSchema.entries[key as keyof Settings]
      return schema !== undefined && v.is(schema, value)
    })
    this.#settings = { ...defaultSettings, ...Object.fromEntries(kept) }
  }

  get settings(): Settings {
    return this.#settings
  }

  values(signal: AbortSignal | undefined): AsyncGenerator<Settings> {
    return liveValues(this.#changes, () => this.#settings, { clock: this.#clock, everyMs: 50, signal })
  }

  change(change: Readonly<Record<string, unknown>>): Settings {
    this.#store.setSettings(change)
    this.#settings = { ...this.#settings, ...change }
    this.#changes.changed()
    return this.#settings
  }

  windowState(key: string): unknown {
    return this.#store.windowState(key)
  }

  saveWindowState(key: string, state: unknown): void {
    const text = JSON.stringify(state ?? null)
    if (text.length > longestState) throw new MillraceError('BAD_ARGUMENT', `The window state ${key} is larger than 1 MiB.`)
    this.#store.saveWindowState(key, text, this.#clock.now())
  }
}
