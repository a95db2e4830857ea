// RDD programs and actions of the case format, on Millrace's RDDs.
import { HashPartitioner, List, type RDD, type SparkContext, type Time } from '../../../src-main/streaming/api.ts'
import * as f from './functions.ts'
import { toValue } from './values.ts'

/** One step of a program: what it is called, what it does, its arguments. */
export interface Step {
  readonly let?: string
  readonly op: string
  readonly from?: string | readonly string[]
  readonly with?: string
  readonly [argument: string]: unknown
}

type Any = unknown
export type AnyRdd = RDD<Any>
export type PairRdd = RDD<[Any, Any]>

/** Runs the steps; answers the named RDDs and the last one made. */
export function runRddProgram(
  sc: SparkContext,
  steps: readonly Step[],
  given: Readonly<Record<string, AnyRdd>>,
  time?: Time,
): { readonly rdds: Record<string, AnyRdd>; readonly last: AnyRdd | null } {
  const rdds: Record<string, AnyRdd> = { ...given }
  let last: AnyRdd | null = null
  for (const step of steps) {
    last = step.op === 'returnNull' ? null : runStep(sc, step, rdds, time)
    if (step.let !== undefined && last !== null) rdds[step.let] = last
  }
  return { rdds, last }
}

function runStep(sc: SparkContext, step: Step, rdds: Readonly<Record<string, AnyRdd>>, time: Time | undefined): AnyRdd {
  const named = (name: unknown): AnyRdd => {
    const rdd = rdds[String(name)]
    if (rdd === undefined) throw new Error(`the case has no RDD ${String(name)}`)
    return rdd
  }
  const rdd = (): AnyRdd => named(step.from)
  const pairs = (): PairRdd => named(step.from) as PairRdd
  const other = (): PairRdd => named(step.with) as PairRdd
  const count = step['numPartitions'] as number | undefined
  switch (step.op) {
    case 'parallelize':
      return sc.parallelize((step['data'] as Any[]).map(toValue), step['slices'] as number | undefined)
    case 'range':
      return sc.range(
        step['start'] as number,
        step['end'] as number,
        (step['step'] as number | undefined) ?? 1,
        step['slices'] as number,
      ) as AnyRdd
    case 'emptyRDD':
      return sc.emptyRDD()
    case 'map':
      return rdd().map(f.element(step['fn']))
    case 'flatMap':
      return rdd().flatMap<Any>(f.flat(step['fn']))
    case 'filter':
      return rdd().filter(f.predicate(step['fn']))
    case 'mapPartitions':
      return rdd().mapPartitions(f.partition(step['fn']))
    case 'mapPartitionsWithIndex':
      return rdd().mapPartitionsWithIndex(f.partitionWithIndex(step['fn']))
    case 'glom':
      return rdd().glom() as AnyRdd
    case 'withTime':
      return rdd().map((x): Any => [time!.milliseconds, x])
    case 'zip':
      return rdd().zip(named(step.with)) as AnyRdd
    case 'zipWithIndex':
      return rdd().zipWithIndex() as AnyRdd
    case 'zipWithUniqueId':
      return rdd().zipWithUniqueId() as AnyRdd
    case 'zipPartitions':
      return rdd().zipPartitions(named(step.with), (one, two): Any[] => [[toList(one), toList(two)]])
    case 'sortBy':
      return rdd().sortBy(f.element(step['fn']), step['ascending'] as boolean | undefined, count)
    case 'sortByKey':
      return pairs().sortByKey(step['ascending'] as boolean | undefined, count) as AnyRdd
    case 'repartitionAndSortWithinPartitions':
      return pairs().repartitionAndSortWithinPartitions(new HashPartitioner(count!)) as AnyRdd
    case 'groupBy':
      return rdd().groupBy(f.element(step['fn']), count) as AnyRdd
    case 'groupByKey':
      return pairs().groupByKey(count) as AnyRdd
    case 'reduceByKey':
      return pairs().reduceByKey(f.binary(step['fn']), count) as AnyRdd
    case 'foldByKey':
      return pairs().foldByKey(toValue(step['zero']), f.binary(step['fn']), count) as AnyRdd
    case 'aggregateByKey':
      return pairs().aggregateByKey(toValue(step['zero']), f.binary(step['seq']), f.binary(step['comb']), count) as AnyRdd
    case 'combineByKey': {
      const { create, merge, mergeCombiners } = f.combiner(step['combiner'])
      return pairs().combineByKey(create, merge, mergeCombiners, count) as AnyRdd
    }
    case 'keyBy':
      return rdd().keyBy(f.element(step['fn'])) as AnyRdd
    case 'keys':
      return pairs().keys()
    case 'values':
      return pairs().values()
    case 'mapValues':
      return pairs().mapValues(f.element(step['fn'])) as AnyRdd
    case 'flatMapValues':
      return pairs().flatMapValues(f.flat(step['fn'])) as AnyRdd
    case 'partitionBy':
      return pairs().partitionBy(new HashPartitioner(count!)) as AnyRdd
    case 'join':
      return pairs().join(other(), count) as AnyRdd
    case 'leftOuterJoin':
      return pairs().leftOuterJoin(other(), count) as AnyRdd
    case 'rightOuterJoin':
      return pairs().rightOuterJoin(other(), count) as AnyRdd
    case 'fullOuterJoin':
      return pairs().fullOuterJoin(other(), count) as AnyRdd
    case 'cogroup':
      return pairs().cogroup(other(), count) as AnyRdd
    case 'cogroupAll': {
      const [one, two, three] = (step['others'] as readonly string[]).map((name) => named(name) as PairRdd)
      return (three === undefined ? pairs().cogroup(one!, two!, count) : pairs().cogroup(one!, two!, three, count)) as AnyRdd
    }
    case 'groupWith':
      return pairs().groupWith(other()) as AnyRdd
    case 'sample':
      return rdd().sample(step['withReplacement'] === true, Number(step['fraction']), step['seed'] as number)
    case 'randomSplit':
      return rdd().randomSplit((step['weights'] as Any[]).map(Number), step['seed'] as number)[step['index'] as number]!
    case 'sampleByKey': {
      const fractions = (step['fractions'] as [Any, Any][]).map(([key, fraction]): [Any, number] => [toValue(key), Number(fraction)])
      return pairs().sampleByKey(step['withReplacement'] === true, new Map(fractions), step['seed'] as number) as AnyRdd
    }
    case 'subtractByKey':
      return pairs().subtractByKey(other(), count) as AnyRdd
    case 'distinct':
      return rdd().distinct(count)
    case 'union':
      return rdd().union(named(step.with))
    case 'unionAll':
      return sc.union((step.from as readonly string[]).map(named))
    case 'intersection':
      return rdd().intersection(named(step.with), count)
    case 'subtract':
      return rdd().subtract(named(step.with), count)
    case 'cartesian':
      return rdd().cartesian(named(step.with)) as AnyRdd
    case 'coalesce':
      return rdd().coalesce(count!, step['shuffle'] === true)
    case 'repartition':
      return rdd().repartition(count!)
    case 'pipe':
      return rdd().pipe(step['command'] as string | readonly string[])
    case 'cache':
      return rdd().cache()
    default:
      throw new Error(`the case needs the RDD operation ${step.op}, which the runner does not have`)
  }
}

const toList = (partition: Iterable<Any>): Any => List(...partition)

export interface Action {
  readonly action: string
  readonly [argument: string]: unknown
}

/** Runs an action; answers its value. */
export async function runAction(rdd: AnyRdd, action: Action): Promise<Any> {
  const numbers = rdd as RDD<number>
  const pairs = rdd as PairRdd
  const n = action['n'] as number
  const zero = toValue(action['zero'])
  const sumCount = [(sum: Any, value: Any): Any => f.binary('addPairs')(sum, [value, 1]), f.binary('addPairs')] as const
  switch (action.action) {
    case 'collect':
      return rdd.collect()
    case 'partitions':
      return rdd.collectPartitions()
    case 'numPartitions':
      return rdd.getNumPartitions()
    case 'partitioner':
      return rdd.partitioner?.toString() ?? null
    case 'keyPartition':
      return (await pairs.collectPartitions()).flatMap((partition, index) => partition.map(([key]) => [key, index]))
    case 'count':
      return rdd.count()
    case 'first':
      return rdd.first()
    case 'isEmpty':
      return rdd.isEmpty()
    case 'take':
      return rdd.take(n)
    case 'takeOrdered':
      return rdd.takeOrdered(n)
    case 'top':
      return rdd.top(n)
    case 'max':
      return rdd.max()
    case 'min':
      return rdd.min()
    case 'sum':
      return numbers.sum()
    case 'stats':
      return numbers.stats()
    case 'mean':
      return numbers.mean()
    case 'variance':
      return numbers.variance()
    case 'stdev':
      return numbers.stdev()
    case 'sampleVariance':
      return numbers.sampleVariance()
    case 'sampleStdev':
      return numbers.sampleStdev()
    case 'histogram':
      return Array.isArray(action['buckets'])
        ? numbers.histogram(action['buckets'].map(Number))
        : numbers.histogram(action['buckets'] as number)
    case 'reduceByKeyLocally':
      return pairs.reduceByKeyLocally(f.binary(action['fn']))
    case 'takeSample':
      return rdd.takeSample(action['withReplacement'] === true, n, action['seed'] as number)
    case 'reduce':
      return rdd.reduce(f.binary(action['fn']))
    case 'treeReduce':
      return rdd.treeReduce(f.binary(action['fn']), action['depth'] as number | undefined)
    case 'fold':
      return rdd.fold(zero, f.binary(action['fn']))
    case 'aggregate':
      return rdd.aggregate(zero, f.binary(action['seq']), f.binary(action['comb']))
    case 'aggregateSumCount':
      return rdd.aggregate([0, 0], ...sumCount)
    case 'treeAggregate':
      return rdd.treeAggregate([0, 0], ...sumCount, action['depth'] as number | undefined)
    case 'countByKey':
      return pairs.countByKey()
    case 'countByValue':
      return rdd.countByValue()
    case 'collectAsMap':
      return pairs.collectAsMap()
    case 'lookup':
      return pairs.lookup(toValue(action['key']))
    case 'toDebugString':
      return rdd.toDebugString().replace(/( at \w+) at \S+/g, '$1')
    default:
      throw new Error(`the case needs the action ${action.action}, which the runner does not have`)
  }
}
