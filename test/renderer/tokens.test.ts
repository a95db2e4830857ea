import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const sheet = readFileSync(join(import.meta.dirname, '../../src-renderer/ui/tokens.css'), 'utf8')

const blocks = [...sheet.matchAll(/(:root[^{]*)\{([^}]*)\}/g)].map(([, selector, body]) => ({
  selector: selector!.trim(),
  tokens: Object.fromEntries([...body!.matchAll(/(--[\w-]+):\s*(#[0-9a-f]{6})/g)].map(([, name, value]) => [name!, value!])),
}))

function theme(...selectors: string[]): Record<string, string> {
  return Object.assign({}, ...blocks.filter((block) => selectors.includes(block.selector)).map((block) => block.tokens)) as Record<
    string,
    string
  >
}

const themes = {
  light: theme(':root'),
  dark: theme(':root', ":root[data-theme='dark']"),
  'high contrast': theme(':root', ":root[data-contrast='more']"),
  'high contrast, dark': theme(
    ':root',
    ":root[data-theme='dark']",
    ":root[data-contrast='more']",
    ":root[data-theme='dark'][data-contrast='more']",
  ),
}

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function contrast(a: string, b: string): number {
  const luminance = (color: string): number => {
    const [red, green, blue] = [1, 3, 5].map((at) => {
      const part = Number.parseInt(color.slice(at, at + 2), 16) / 255
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
    }) as [number, number, number]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

const grounds = ['--surface', '--frame', '--sunken', '--raised', '--hover']
const texts = ['--text', '--text-2', '--text-3', '--accent-text', '--running', '--retrying', '--full', '--failed', '--stopped']

for (const [name, tokens] of Object.entries(themes)) {
  test(`every text colour stands out from every ground it is used on by 4.5 to 1, ${name}`, () => {
    const weak: string[] = []
    for (const text of texts) {
      for (const ground of grounds) {
        const ratio = contrast(tokens[text]!, tokens[ground]!)
        if (ratio < 4.5 && !(ground === '--hover' && text === '--text-3')) weak.push(`${text} on ${ground}: ${ratio.toFixed(2)}`)
      }
    }
    for (const [text, ground] of [
      ['--text-2', '--selected'],
      ['--accent-text', '--selected'],
      ['--on-accent', '--accent'],
      ['--hit-text', '--hit'],
      ['--failed', '--failed-soft'],
      ['--retrying', '--retrying-soft'],
      ['--text', '--running-soft'],
    ] as const) {
      const ratio = contrast(tokens[text]!, tokens[ground]!)
      if (ratio < 4.5) weak.push(`${text} on ${ground}: ${ratio.toFixed(2)}`)
    }
    expect(weak).toEqual([])
  })

  test(`what marks the focus and the edge of a field stands out by 3 to 1, ${name}`, () => {
    for (const ground of ['--surface', '--frame']) {
      expect(contrast(tokens['--focus']!, tokens[ground]!)).toBeGreaterThanOrEqual(3)
      expect(contrast(tokens['--border-control']!, tokens[ground]!)).toBeGreaterThanOrEqual(3)
    }
  })
}
