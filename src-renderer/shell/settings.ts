// The workspace's settings as the window applies them: theme, contrast, font sizes, time zone.
import { useEffect } from 'react'
import { defaultSettings, type Settings } from '../../src-shared/contract/settings.ts'
import { desktop, engine } from '../rpc/connection.ts'
import { useLive } from '../rpc/live.ts'
import type { TimeZone } from '../ui/format.ts'

export function useSettings(): Settings {
  return useLive('settings', (client) => client.settings.values()).value ?? defaultSettings
}

export function changeSettings(change: Partial<Settings>): void {
  // Refused only when the engine is away, which the connection banner says.
  engine.settings.change(change).catch(() => undefined)
}

export function useTimeZone(): TimeZone {
  return useSettings().timeZone === 'UTC' ? 'utc' : 'local'
}

const dark = window.matchMedia('(prefers-color-scheme: dark)')
const moreContrast = window.matchMedia('(prefers-contrast: more)')

/** Puts theme and sizes on the document, and follows the system while the theme is `system`. */
export function useAppliedSettings(): Settings {
  const settings = useSettings()
  useEffect(() => {
    const apply = (): void => {
      const theme = settings.theme === 'system' || settings.theme === 'high-contrast' ? (dark.matches ? 'dark' : 'light') : settings.theme
      const root = document.documentElement
      root.dataset['theme'] = theme
      root.dataset['contrast'] = settings.theme === 'high-contrast' || moreContrast.matches ? 'more' : 'usual'
      root.style.setProperty('--text-size', `${settings.fontSize}px`)
      root.style.setProperty('--mono-size', `${settings.logFontSize}px`)
      desktop?.setBackground(getComputedStyle(root).getPropertyValue('--frame').trim())
    }
    apply()
    dark.addEventListener('change', apply)
    moreContrast.addEventListener('change', apply)
    return () => {
      dark.removeEventListener('change', apply)
      moreContrast.removeEventListener('change', apply)
    }
  }, [settings])
  return settings
}
