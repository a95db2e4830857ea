// What an agent left behind, in the form in which cases are compared: files and folders as bytes, listings and counts, with absolute
// paths, masked parts and header order taken out.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { avroLines } from './avro-container.ts'

export interface CompareSpec {
  readonly mode: 'bytes' | 'lines' | 'lines-sorted' | 'json-lines' | 'count' | 'file-count' | 'listing'
  readonly format?: 'avro'
  readonly mask?: readonly string[]
  readonly headers?: boolean
  readonly ignore?: string
}

/** Names of all files below a folder, relative, in natural order; none for a folder that is not there. */
export function filesBelow(folder: string): string[] {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) return []
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort(naturalOrder)
}

/** Runs of digits compare as numbers, the rest by code point. */
export function naturalOrder(a: string, b: string): number {
  const [left, right] = [a.split(/(\d+)/), b.split(/(\d+)/)]
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const [x, y] = [left[index]!, right[index]!]
    const difference = index % 2 === 1 ? Number(x) - Number(y) : x < y ? -1 : x > y ? 1 : 0
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

/** `paths`: placeholder (`@OUT@`) → absolute path, replaced back in the data. */
export function collect(path: string, spec: CompareSpec, paths: Readonly<Record<string, string>>): Buffer {
  if (spec.mode === 'listing') {
    const skip = new RegExp(spec.ignore ?? '(^|/)\\.')
    const names = filesBelow(path).filter((name) => !skip.test(name))
    return normalised(Buffer.from(names.map((name) => `${name}\n`).join('')), spec, paths)
  }
  const isFile = existsSync(path) && statSync(path).isFile()
  const contents = isFile ? [readFileSync(path)] : filesBelow(path).map((name) => readFileSync(join(path, name)))
  if (spec.mode === 'file-count') return Buffer.from(`${contents.filter((data) => data.length > 0).length}\n`)
  const data = Buffer.concat(
    spec.format === 'avro' ? contents.filter((file) => file.length > 0).map((file) => Buffer.from(avroLines(file))) : contents,
  )
  if (spec.mode === 'bytes' && spec.mask === undefined && spec.headers !== true) return data
  const text = normalised(data, spec, paths)
  if (spec.mode === 'count') return Buffer.from(`${text.toString('latin1').split('\n').length - 1}\n`)
  if (spec.mode === 'lines-sorted') return Buffer.concat(splitLines(text).sort(Buffer.compare))
  return text
}

/** Equal bytes; lines of JSON where the data are such. */
export function equal(expected: Buffer, actual: Buffer, spec: CompareSpec | undefined): boolean {
  if (spec?.mode !== 'json-lines' && spec?.format !== 'avro') return expected.equals(actual)
  const parsed = (data: Buffer): string[] => splitLines(data).map((line) => canonical(JSON.parse(line.toString('utf8'))))
  return JSON.stringify(parsed(expected)) === JSON.stringify(parsed(actual))
}

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )

/** Lines with their ends; \n, \r and \r\n end a line. */
export function splitLines(data: Buffer): Buffer[] {
  const lines: Buffer[] = []
  let start = 0
  for (let at = 0; at < data.length; at++) {
    if (data[at] !== 10 && (data[at] !== 13 || data[at + 1] === 10)) continue
    lines.push(data.subarray(start, at + 1))
    start = at + 1
  }
  if (start < data.length) lines.push(data.subarray(start))
  return lines
}

function normalised(data: Buffer, spec: CompareSpec, paths: Readonly<Record<string, string>>): Buffer {
  let text = data.toString('latin1')
  for (const [placeholder, path] of Object.entries(paths)) text = text.replaceAll(Buffer.from(path).toString('latin1'), placeholder)
  for (const mask of spec.mask ?? []) text = text.replace(new RegExp(mask, 'g'), '<masked>')
  if (spec.headers === true) {
    text = text.replace(
      /^((?:Event: \{ headers:)?)\{([^}\n]*)\}/gm,
      (_, before: string, entries: string) => `${before}{${entries.split(', ').sort().join(', ')}}`,
    )
  }
  return Buffer.from(text, 'latin1')
}
