// What a stream is doing, in one sentence, and what to do where it needs a person.
import { phraseOf } from '../../../src-shared/errors.ts'
import type { StreamRunner } from './stream-runner.ts'

/** A batch older than this, and than ten intervals, is said to hang. */
const hangAfterMs = 10_000

/** What a receiver said is told for so long: one that cannot connect is active for a moment at each try. */
const receiverTroubleMs = 10_000

export interface StreamSentence {
  readonly sentence: string
  readonly trouble?: { readonly severity: 'warning' | 'error'; readonly message: string; readonly hint?: string }
}

export function streamSentence(runner: StreamRunner, now: number): StreamSentence {
  const { phase, failure, failures, retryAt, finished } = runner.state
  switch (phase) {
    case 'starting':
      return withHang(runner, 'Loading the program.')
    case 'stopping':
      return withHang(runner, 'Stopping: the batch under way is finished first.')
    case 'stopped':
      if (failure !== undefined)
        return { sentence: `Stopped. ${failure.sentence}`, trouble: { severity: 'warning', message: failure.sentence } }
      if (finished === true) return { sentence: 'The program came to its end.' }
      return {
        sentence: hasRun(runner) ? 'Stopped. Batches that were not completed run again at the next start.' : 'No batch has run yet.',
      }
    case 'waiting': {
      const seconds = Math.max(0, Math.ceil(((retryAt ?? now) - now) / 1000))
      const message = failure?.sentence ?? 'The program failed.'
      return {
        sentence: `${phraseOf(message)}. It is started again in ${seconds} s (failure ${failures}).`,
        trouble: {
          severity: 'warning',
          message,
          hint: `It is started again by itself (failure ${failures} in a row), with the same ranges. Mend the program and save it, or stop the stream.`,
        },
      }
    }
    case 'failed': {
      const message = failure?.sentence ?? 'The program failed.'
      const left = failures > 1 ? `Left alone after ${failures} failures.` : 'Not started again by itself.'
      const hint = 'Mend the program and start it: batches that were not completed run again first.'
      return { sentence: `${phraseOf(message)}. ${left} ${hint}`, trouble: { severity: 'error', message, hint } }
    }
    case 'running':
      return running(runner, now)
  }
}

const hasRun = ({ totals, active }: StreamRunner): boolean => totals.completed + totals.failed + active.queued > 0

function running(runner: StreamRunner, now: number): StreamSentence {
  const { completed, failed } = runner.totals
  const interval = runner.graph === undefined ? '' : ` of ${durationText(runner.graph.batchDurationMs)}`
  const base = withHang(runner, `Batches${interval}: ${completed} completed, ${failed} failed.`)
  const trouble = base.trouble === undefined ? (failedBatch(runner) ?? failedReceiver(runner, now)) : undefined
  return trouble === undefined ? base : { sentence: `${base.sentence} ${trouble.message}`, trouble }
}

function failedBatch({ batchFailure }: StreamRunner): StreamSentence['trouble'] {
  if (batchFailure === undefined) return undefined
  return {
    severity: 'error',
    message: `The batch of ${timeText(batchFailure.batchTime)} failed: ${batchFailure.message}`,
    hint: 'Its range is kept. Mend the program and restart it: the batch runs again first, with the same range.',
  }
}

/** A receiver that stands still, or that works for a moment at a time. */
function failedReceiver({ receivers }: StreamRunner, now: number): StreamSentence['trouble'] {
  const failed = [...receivers.values()].find(({ active, lastErrorTime }) => !active || now - lastErrorTime < receiverTroubleMs)
  if (failed === undefined) return undefined
  const cause = failed.lastError.split('\n', 1)[0]!
  return {
    severity: 'warning',
    message: `Receiver ${failed.name}: ${failed.lastErrorMessage}${cause === '' ? '' : ` (${cause})`}.`,
    hint: 'One that restarts tries again by itself. Look whether what it connects to is there.',
  }
}

function withHang(runner: StreamRunner, sentence: string): StreamSentence {
  const longest = runner.active.longestRunning()
  const limitMs = Math.max(hangAfterMs, 10 * (runner.graph?.batchDurationMs ?? 0))
  const busyMs = runner.program.busyMs
  if (longest !== undefined && longest.ageMs >= limitMs) {
    const busy = busyMs > 0 ? ', and its thread does not answer' : ''
    const message = `The batch of ${timeText(longest.batchTime)} has been running for ${durationText(longest.ageMs)}${busy}.`
    return {
      sentence: `${sentence} ${message}`,
      trouble: { severity: 'warning', message, hint: 'Wait, or stop the stream: it is killed when it does not obey.' },
    }
  }
  if (longest === undefined && busyMs >= hangAfterMs) {
    const message = `The program's thread has not answered for ${durationText(busyMs)}.`
    return { sentence: `${sentence} ${message}`, trouble: { severity: 'warning', message, hint: 'Stop ends it.' } }
  }
  return { sentence }
}

function timeText(time: number): string {
  return new Date(time)
    .toISOString()
    .slice(11, 23)
    .replace(/\.000$/, '')
}

function durationText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  return ms < 120_000 ? `${Math.round(ms / 100) / 10} s` : `${Math.round(ms / 60_000)} min`
}
