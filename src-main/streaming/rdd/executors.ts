// Stages that may run elsewhere than in the program's own thread: on a copy of the program, whose graph of streams is the same. A function
// cannot be sent there; what can is the place in the graph at which the copy has the same function.
import type { RDD } from './rdd.ts'
import type { RddNode } from './rdd-node.ts'

/** Where an RDD stands in the graph of streams; `path`: which dependency to take, step by step, from the RDD that the stream gave. */
export interface RddAddress {
  readonly streamId: number
  readonly batchTime: number
  readonly path: readonly number[]
}

/** What actions make of one partition. */
export type PartitionResult = 'count' | 'elements' | 'text' | 'objects'

/** What is done with each partition: an action's part, or that map side of the RDD. */
export type StageWork = { readonly action: PartitionResult } | { readonly mapSide: number }

export interface Stage {
  readonly address: RddAddress
  readonly work: StageWork
}

export interface Executors {
  /**
   * Runs a stage, and gives the result of each partition in their order; rejects as the same stage would here. Undefined, at once or later:
   * the stage must run here.
   */
  run(stage: Stage, partitions: readonly number[]): Promise<readonly unknown[] | undefined> | undefined
  /** Nothing more is to run. */
  stop(): void
}

/** Runs a stage elsewhere, where its RDD (for a map side: its parent) can be made there too and there is anybody; else undefined. */
export function runElsewhere(
  rdd: RddNode<never> | RddNode<unknown>,
  address: RddAddress | undefined,
  work: StageWork,
  partitions: readonly number[],
): Promise<readonly unknown[] | undefined> | undefined {
  const { executors } = rdd.context
  if (executors === undefined || address === undefined || !canBeMadeAgain(rdd as RddNode<unknown>)) return undefined
  return executors.run({ address, work }, partitions)
}

/** Its partitions are made of what streams read, by functions that every copy of the program has, and nothing of it is kept here. */
function canBeMadeAgain(rdd: RddNode<unknown>): boolean {
  if (rdd.address === undefined || rdd.isKept || rdd.isAsynchronous) return false
  return rdd.dependencies.every((dependency) => !dependency.shuffle && canBeMadeAgain(dependency.rdd))
}

/** The RDD at the end of a path. */
export function follow(rdd: RDD<unknown>, path: readonly number[]): RDD<unknown> {
  return path.reduce((at, index) => at.dependencies[index]!.rdd, rdd)
}
