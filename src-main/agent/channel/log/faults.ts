// Faults that tests and benches put into the writer of a log: a slow fsync, a full disk, the death of the process at a named point.
// The product runs with none.

/** Every place of the writer around something that reaches the disk, in the order in which they are passed. */
export const commitPoints = [
  'cursor:begin',
  'cursor:written',
  'cursor:committed',
  'put:begin',
  'put:written',
  'put:committed',
  'roll:begin',
  'roll:made',
  'roll:done',
  'drop:begin',
  'drop:done',
  'room:begin',
  'room:made',
  'checkpoint:begin',
  'checkpoint:done',
] as const

export type CommitPoint = (typeof commitPoints)[number]

/** What is to go wrong. Plain data: it travels to the writer's thread. */
export interface FaultPlan {
  /** The process kills itself (SIGKILL) the n-th time that this point is passed. */
  readonly killAt?: { readonly point: CommitPoint; readonly hit: number }
  /** Added to every durable commit of puts. */
  readonly fsyncDelayMs?: number
  /** While the number in here is 0, puts fail as on a full disk. */
  readonly room?: SharedArrayBuffer
  /** The index is checkpointed after so many commits, instead of every thousand. */
  readonly indexCheckpointEvery?: number
  /** Room is made in logs of so many bytes, instead of a megabyte. */
  readonly roomFromBytes?: number
}

/** Called by the writer at each point; may throw, sleep or not come back. */
export type Reach = (point: CommitPoint) => void

export function reachOf(plan: FaultPlan): Reach {
  const hits = new Map<CommitPoint, number>()
  const room = plan.room && new Int32Array(plan.room)
  return (point) => {
    const hit = (hits.get(point) ?? 0) + 1
    hits.set(point, hit)
    if (plan.killAt?.point === point && plan.killAt.hit === hit) process.kill(process.pid, 'SIGKILL')
    if (point === 'put:written' && plan.fsyncDelayMs !== undefined) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, plan.fsyncDelayMs)
    }
    if (point === 'put:begin' && room && Atomics.load(room, 0) <= 0) {
      throw Object.assign(new Error('no space left on device (injected)'), { code: 'ENOSPC' })
    }
  }
}
