// What outputs wrote in a batch, for its record: texts that were printed, directories that were saved, alerts.
import type { AlertsRecord, RecordingLimits, Sample } from '../../../src-shared/streaming/batch-record.ts'
import type { OutputContext, OutputKey } from '../output-context.ts'
import { sampleOf } from './batch-recording.ts'

const keptPerOutput = 20

export class WrittenOutputs {
  /** The outputs that were given, watched. */
  readonly outputs: OutputContext
  readonly #recording: RecordingLimits | undefined
  readonly #written = new Map<string, Sample[]>()
  readonly #alerts = new Map<string, AlertsRecord>()

  constructor(outputs: OutputContext, recording: RecordingLimits | undefined) {
    this.#recording = recording
    this.outputs = {
      collecting: outputs.collecting,
      print: (key, text) => {
        outputs.print(key, text)
        this.#note(key, text)
      },
      saveDirectory: (key, directory, files) => {
        outputs.saveDirectory(key, directory, files)
        this.#note(key, directory)
      },
      alerts: (key, alerts) => {
        outputs.alerts(key, alerts)
        this.#alerts.set(`${key.batchTime}/${key.outputId}`, alerts)
      },
    }
  }

  /** What an output wrote in a batch; it is forgotten. */
  take(batchTime: number, outputId: number): readonly Sample[] {
    const key = `${batchTime}/${outputId}`
    const written = this.#written.get(key) ?? []
    this.#written.delete(key)
    return written
  }

  /** The alerts of an output in a batch, whether batches are recorded or not; they are forgotten. */
  takeAlerts(batchTime: number, outputId: number): AlertsRecord | undefined {
    const key = `${batchTime}/${outputId}`
    const alerts = this.#alerts.get(key)
    this.#alerts.delete(key)
    return alerts
  }

  #note(key: OutputKey, text: string): void {
    if (this.#recording === undefined) return
    const name = `${key.batchTime}/${key.outputId}`
    const written = this.#written.get(name) ?? []
    if (written.length < keptPerOutput) written.push(sampleOf(text, this.#recording.sampleBytes * 4))
    this.#written.set(name, written)
  }
}
