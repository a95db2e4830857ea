// The only way in which output operations reach the world. Replay and preview give them one that collects.
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { AlertsRecord } from '../../src-shared/streaming/batch-record.ts'

/** Which output operation of which batch writes. */
export interface OutputKey {
  readonly batchTime: number
  /** Position of the output operation in the order of registration. */
  readonly outputId: number
}

export interface OutputContext {
  /** True where nothing reaches the world: a replay or a preview. */
  readonly collecting: boolean
  /** `print()`: text for the program's stdout. */
  print(key: OutputKey, text: string): void
  /**
   * `saveAs…Files`: a directory with one file per partition and `_SUCCESS`. Writing the same directory again replaces it, so that a
   * batch that is re-run leaves what a single run leaves.
   */
  saveDirectory(key: OutputKey, directory: string, files: readonly { readonly name: string; readonly content: Uint8Array }[]): void
  /** The alerts of one alert operator in one batch, which are not none. They also stand in the batch's record. */
  alerts(key: OutputKey, alerts: AlertsRecord): void
}

/** Alerts as lines for a terminal. */
function alertLines({ count, alerts }: AlertsRecord): string {
  const lines = alerts.map(({ severity, name, message }) => `ALERT ${severity} ${name}: ${message}\n`)
  if (count > alerts.length) lines.push(`ALERT … and ${count - alerts.length} more in this batch\n`)
  return lines.join('')
}

/** Writes for real: stdout and the file system. */
export const processOutputs: OutputContext = {
  collecting: false,
  print: (_key, text) => {
    process.stdout.write(text)
  },
  saveDirectory: (_key, directory, files) => {
    const temporary = join(dirname(directory), `.${directory.slice(dirname(directory).length).replace(/^[/\\]/, '')}.writing`)
    rmSync(temporary, { recursive: true, force: true })
    mkdirSync(temporary, { recursive: true })
    for (const file of files) writeFileSync(join(temporary, file.name), file.content)
    writeFileSync(join(temporary, '_SUCCESS'), '')
    rmSync(directory, { recursive: true, force: true })
    renameSync(temporary, directory)
  },
  alerts: (_key, alerts) => {
    process.stderr.write(alertLines(alerts))
  },
}

/** What a collecting context has collected. */
export interface CollectedOutput {
  readonly key: OutputKey
  readonly text?: string
  readonly directory?: string
  readonly alerts?: AlertsRecord
  readonly files?: readonly { readonly name: string; readonly content: Uint8Array }[]
}

/** Keeps everything, writes nothing. */
export class CollectingOutputs implements OutputContext {
  readonly collecting = true
  readonly collected: CollectedOutput[] = []

  print(key: OutputKey, text: string): void {
    this.collected.push({ key, text })
  }

  saveDirectory(key: OutputKey, directory: string, files: readonly { readonly name: string; readonly content: Uint8Array }[]): void {
    this.collected.push({ key, directory, files })
  }

  alerts(key: OutputKey, alerts: AlertsRecord): void {
    this.collected.push({ key, alerts })
  }

  /** All printed text, in order. */
  stdout(): string {
    return this.collected.map((output) => output.text ?? '').join('')
  }
}
