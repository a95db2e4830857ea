import { expect, test } from 'vitest'
import { ManualClock } from '../../../src-main/clock.ts'
import { silentLogger } from '../../../src-main/log.ts'
import { defaultRestartPolicy, restartDelayMs } from '../../../src-main/streaming/program/restart-policy.ts'
import type { SpawnProgram } from '../../../src-main/streaming/program/spawn-program.ts'
import { StreamRunner } from '../../../src-main/streaming/program/stream-runner.ts'
import { streamSentence } from '../../../src-main/streaming/program/stream-sentence.ts'

const spawn: SpawnProgram = () => {
  throw new Error('nothing is started here')
}

function runner(clock: ManualClock): StreamRunner {
  return new StreamRunner(
    { spawn, clock, log: silentLogger },
    {
      file: '/p.ts',
      folder: '/nowhere',
      channels: () => [],
      startAt: 'oldest',
      memoryMb: 64,
      restart: defaultRestartPolicy,
      stopGraceMs: 0,
      recorder: { version: () => {}, batch: () => {}, details: () => {} },
      onOutput: () => {},
    },
  )
}

test('a batch that does not return is said to hang, with its age and what to do', () => {
  const clock = new ManualClock(0)
  const stream = runner(clock)
  Object.defineProperty(stream, 'state', { value: { phase: 'running', since: 0, failures: 0 } })
  stream.active.update({
    batchTime: 5000,
    streamIdToInputInfo: {},
    submissionTime: 5000,
    processingStartTime: 5001,
    outputOperationInfos: {},
  })
  clock.advance(9_999)
  expect(streamSentence(stream, 0).trouble).toBeUndefined()
  clock.advance(32_001)
  expect(streamSentence(stream, 0)).toEqual({
    sentence: 'Batches: 0 completed, 0 failed. The batch of 00:00:05 has been running for 42 s.',
    trouble: {
      severity: 'warning',
      message: 'The batch of 00:00:05 has been running for 42 s.',
      hint: 'Wait, or stop the stream: it is killed when it does not obey.',
    },
  })
  stream.active.done(5000)
  expect(streamSentence(stream, 0).trouble).toBeUndefined()
})

test('a receiver that cannot connect is said, also in the moments in which it tries, and not any more once it has worked for a while', () => {
  const stream = runner(new ManualClock(0))
  Object.defineProperty(stream, 'state', { value: { phase: 'running', since: 0, failures: 0 } })
  const receiver = (active: boolean, message: string, lastError: string, lastErrorTime: number): void =>
    void stream.receivers.set(0, {
      ...{ streamId: 0, name: 'SocketReceiver-0', active, location: 'here', executorId: 'driver' },
      ...{ lastErrorMessage: message, lastError, lastErrorTime },
    })
  receiver(true, '', '', -1)
  expect(streamSentence(stream, 1_600_000_000_000)).toEqual({ sentence: 'Batches: 0 completed, 0 failed.' })
  receiver(false, 'Restarting receiver with delay 2000ms: Error connecting to localhost:9', 'Error: connect ECONNREFUSED\n    at x', 5000)
  const said =
    'Receiver SocketReceiver-0: Restarting receiver with delay 2000ms: Error connecting to localhost:9 (Error: connect ECONNREFUSED).'
  expect(streamSentence(stream, 6000)).toMatchObject({
    sentence: `Batches: 0 completed, 0 failed. ${said}`,
    trouble: { severity: 'warning', message: said },
  })
  receiver(true, 'Restarting receiver with delay 2000ms: Error connecting to localhost:9', 'Error: connect ECONNREFUSED\n    at x', 5000)
  expect(streamSentence(stream, 7000).trouble?.message).toBe(said)
  expect(streamSentence(stream, 15_001).trouble).toBeUndefined()
  receiver(false, 'Restarting receiver with delay 2000ms: Socket data stream had no more data', '', -1)
  expect(streamSentence(stream, 20_000).trouble?.message).toContain('had no more data.')
})

test('a failure is tried again after 1, 2, 4 and 8 s, and then left alone; what cannot get better is not tried again', () => {
  const delays = [1, 2, 3, 4, 5].map((failures) => restartDelayMs(defaultRestartPolicy, { kind: 'exit', sentence: '' }, failures))
  expect(delays).toEqual([1000, 2000, 4000, 8000, undefined])
  for (const kind of ['syntax', 'load', 'refused'] as const)
    expect(restartDelayMs(defaultRestartPolicy, { kind, sentence: '' }, 1)).toBeUndefined()
})
