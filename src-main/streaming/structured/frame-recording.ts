// Recording of an operator that yields frames: its records are their rows.
import type { RecordingLimits, Sample } from '../../../src-shared/streaming/batch-record.ts'
import type { Push } from '../rdd/definition.ts'
import { type Recording, sampleOf } from '../scheduler/batch-recording.ts'
import { Frame } from './frame.ts'

/** As for records one by one; frames are few enough to be timed all. */
class FrameRecording implements Recording {
  readonly samples: Sample[] = []
  downstreamMs = 0
  totalMs = 0
  readonly #limits: RecordingLimits
  readonly #counts = new Map<number, number>()

  constructor(limits: RecordingLimits) {
    this.#limits = limits
  }

  get count(): number {
    let sum = 0
    for (const count of this.#counts.values()) sum += count
    return sum
  }

  each<T>(partition: number, source: (push: Push<T>) => void, push: Push<T>): void {
    const sampling = !this.#counts.has(partition)
    const began = performance.now()
    let count = 0
    let downstreamMs = 0
    try {
      source((frame) => {
        const before = performance.now()
        if (frame instanceof Frame) {
          count += frame.count
          if (sampling) this.#sample(frame)
        }
        const sampled = performance.now()
        push(frame)
        downstreamMs += performance.now() - sampled
        // Taking samples is nobody's work.
        this.totalMs -= sampled - before
      })
    } finally {
      this.#counts.set(partition, Math.max(count, this.#counts.get(partition) ?? 0))
      this.downstreamMs += downstreamMs
      this.totalMs += performance.now() - began
    }
  }

  #sample(frame: Frame): void {
    const { sampleRecords, sampleBytes } = this.#limits
    const taken = Math.min(frame.count, sampleRecords - this.samples.length)
    for (let row = 0; row < taken; row++) this.samples.push(sampleOf(frame.row(row), sampleBytes, frame.originOf?.(row)))
  }
}

export const newFrameRecording = (limits: RecordingLimits): Recording => new FrameRecording(limits)
