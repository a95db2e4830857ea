// How frames are recorded: their records are their rows.
import type { RecordedElements } from '../scheduler/batch-recording.ts'
import type { Frame } from './frame.ts'

export const recordedFrames: RecordedElements<Frame> = {
  countOf: (frame) => frame.count,
  *recordsOf(frame, most) {
    for (let row = 0; row < Math.min(frame.count, most); row++) yield [frame.row(row), frame.originOf?.(row)]
  },
}
