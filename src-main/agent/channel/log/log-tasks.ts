// Long looks at a log, in a thread of their own.
import { Worker } from 'node:worker_threads'
import { type ErrorCode, MillraceError } from '../../../../src-shared/errors.ts'
import { threadPoint } from '../../../entry-point.ts'
import type { CheckReport } from '../durable-channel.ts'
import type { SegmentFile } from './log-folder.ts'
import type { RepairReport } from './repair-channel.ts'

/** Folds a sealed segment (fold-segment.ts). */
export async function foldInThread(file: SegmentFile, next: number): Promise<void> {
  await runTask({ fold: file, next })
}

/** Checks the log in `folder` (check-channel.ts). Rejects when it cannot even be looked at. */
export function checkInThread(folder: string): Promise<CheckReport> {
  return reportOf({ check: folder })
}

/** Repairs the log in `folder` (repair-channel.ts). What it refuses keeps its code. */
export function repairInThread(folder: string): Promise<RepairReport> {
  return reportOf({ repair: folder })
}

type Answer<R> = { readonly report: R } | { readonly failed: { readonly code: ErrorCode; readonly message: string } }

async function reportOf<R>(task: LogTask): Promise<R> {
  const answer = (await runTask(task)) as Answer<R>
  if ('report' in answer) return answer.report
  throw new MillraceError(answer.failed.code, answer.failed.message)
}

/** What the writer's entry can be asked for beside writing. */
export type LogTask = { readonly fold: SegmentFile; readonly next: number } | { readonly check: string } | { readonly repair: string }

function runTask(task: LogTask): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(threadPoint('channel-writer'), { workerData: task, execArgv: [] })
    let answer: unknown
    worker.on('message', (message: unknown) => {
      answer = message
    })
    worker.on('error', reject)
    worker.on('exit', (code) =>
      code === 0 ? resolve(answer) : reject(new MillraceError('INTERNAL', `A task on the log ended with ${code}.`)),
    )
  })
}
