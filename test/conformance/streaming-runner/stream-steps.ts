// Stream programs of the case format, on Millrace's StreamingContext.
import {
  type DStream,
  HashPartitioner,
  type MapWithStateDStream,
  milliseconds,
  type RDD,
  StateSpec,
  StorageLevel,
  type StreamingContext,
} from '../../../src-main/streaming/api.ts'
import * as f from './functions.ts'
import { type AnyRdd, runRddProgram, type Step } from './rdd-steps.ts'
import { toValue } from './values.ts'

type Any = unknown
export type AnyStream = DStream<Any>
type PairStream = DStream<[Any, Any]>

/** Adds what one step makes to `streams`. */
export function addStream(ssc: StreamingContext, step: Step, streams: Record<string, AnyStream>): void {
  const made = makeStream(ssc, step, streams)
  if (step.let !== undefined) streams[step.let] = made
}

function makeStream(ssc: StreamingContext, step: Step, streams: Readonly<Record<string, AnyStream>>): AnyStream {
  const named = (name: unknown): AnyStream => {
    const stream = streams[String(name)]
    if (stream === undefined) throw new Error(`the case has no stream ${String(name)}`)
    return stream
  }
  const stream = (): AnyStream => named(step.from)
  const pairs = (): PairStream => named(step.from) as PairStream
  const other = (): PairStream => named(step.with) as PairStream
  const span = (name: string): ReturnType<typeof milliseconds> => milliseconds(step[name] as number)
  const slide = step['slide'] === undefined ? undefined : span('slide')
  const partitioning = partitioningOf(step)
  const body = (rdds: readonly AnyRdd[], time: Parameters<typeof runRddProgram>[3]): AnyRdd => {
    const given = Object.fromEntries(rdds.map((rdd, index) => [`$${index}`, rdd]))
    // A null from a body is what its case is about.
    return runRddProgram(ssc.sparkContext, step['body'] as Step[], given, time).last as AnyRdd
  }
  switch (step.op) {
    case 'map':
      return stream().map(f.element(step['fn']))
    case 'flatMap':
      return stream().flatMap<Any>(f.flat(step['fn']))
    case 'filter':
      return stream().filter(f.predicate(step['fn']))
    case 'mapPartitions':
      return stream().mapPartitions(f.partition(step['fn']))
    case 'glom':
      return stream().glom() as AnyStream
    case 'repartition':
      return stream().repartition(step['numPartitions'] as number)
    case 'union':
      return stream().union(named(step.with))
    case 'unionAll':
      return ssc.union((step.from as readonly string[]).map(named))
    case 'reduce':
      return stream().reduce(f.binary(step['fn']))
    case 'count':
      return stream().count() as AnyStream
    case 'countByValue':
      return stream().countByValue(step['numPartitions'] as number | undefined) as AnyStream
    case 'transform':
      return stream().transform((rdd, time) => body([rdd], time))
    case 'transformWith':
      return stream().transformWith(named(step.with), (one, two, time) => body([one, two], time))
    case 'transformAll':
      return ssc.transform((step.from as readonly string[]).map(named), (rdds, time) => body(rdds, time))
    case 'window':
      return stream().window(span('window'), slide)
    case 'reduceByWindow':
      return step['inv'] === undefined
        ? stream().reduceByWindow(f.binary(step['fn']), span('window'), slide!)
        : stream().reduceByWindow(f.binary(step['fn']), f.binary(step['inv']), span('window'), slide!)
    case 'countByWindow':
      return stream().countByWindow(span('window'), slide!) as AnyStream
    case 'countByValueAndWindow':
      return stream().countByValueAndWindow(span('window'), slide!, step['numPartitions'] as number | undefined) as AnyStream
    case 'groupByKey':
      return pairs().groupByKey(partitioning) as AnyStream
    case 'reduceByKey':
      return pairs().reduceByKey(f.binary(step['fn']), partitioning) as AnyStream
    case 'combineByKey': {
      const { create, merge, mergeCombiners } = f.combiner(step['combiner'])
      return pairs().combineByKey(create, merge, mergeCombiners, partitioning, step['mapSideCombine'] !== false) as AnyStream
    }
    case 'groupByKeyAndWindow':
      return pairs().groupByKeyAndWindow(span('window'), slide, partitioning) as AnyStream
    case 'reduceByKeyAndWindow':
      return step['inv'] === undefined
        ? (pairs().reduceByKeyAndWindow(f.binary(step['fn']), span('window'), slide, partitioning) as AnyStream)
        : (pairs().reduceByKeyAndWindow(
            f.binary(step['fn']),
            f.binary(step['inv']),
            span('window'),
            slide,
            partitioning,
            step['filter'] === undefined ? undefined : f.predicate(step['filter']),
          ) as AnyStream)
    case 'mapValues':
      return pairs().mapValues(f.element(step['fn'])) as AnyStream
    case 'flatMapValues':
      return pairs().flatMapValues(f.flat(step['fn'])) as AnyStream
    case 'cogroup':
      return pairs().cogroup(other(), partitioning) as AnyStream
    case 'join':
      return pairs().join(other(), partitioning) as AnyStream
    case 'leftOuterJoin':
      return pairs().leftOuterJoin(other(), partitioning) as AnyStream
    case 'rightOuterJoin':
      return pairs().rightOuterJoin(other(), partitioning) as AnyStream
    case 'fullOuterJoin':
      return pairs().fullOuterJoin(other(), partitioning) as AnyStream
    case 'updateStateByKey':
      return updateStateByKey(ssc, step, pairs())
    case 'mapWithState':
      return mapWithState(ssc, step, pairs())
    case 'stateSnapshots':
      return (stream() as MapWithStateDStream<Any, Any, Any>).stateSnapshots() as AnyStream
    case 'cache':
      return stream().cache()
    case 'persist':
      return stream().persist(StorageLevel.fromString(String(step['level'])))
    case 'checkpoint':
      return stream().checkpoint(span('interval'))
    default:
      throw new Error(`the case needs the stream operation ${step.op}, which the runner does not have`)
  }
}

function partitioningOf(step: Step): HashPartitioner | number | undefined {
  const partitioner = step['partitioner'] as string | undefined
  return partitioner === undefined
    ? (step['numPartitions'] as number | undefined)
    : new HashPartitioner(Number(partitioner.replace('hash:', '')))
}

function initialOf(ssc: StreamingContext, step: Step): RDD<[Any, Any]> | undefined {
  const initial = step['initial'] as Any[] | undefined
  return initial === undefined ? undefined : ssc.sparkContext.parallelize(initial.map((pair) => toValue(pair) as [Any, Any]))
}

function updateStateByKey(ssc: StreamingContext, step: Step, pairs: PairStream): AnyStream {
  const partitioning = partitioningOf(step)
  const remember = step['rememberPartitioner'] !== false
  const initial = initialOf(ssc, step)
  switch (step['variant']) {
    case 'iter':
    case 'iterInitial':
      return pairs.updateStateByKeyIterator(f.iteratorUpdate(step['fn']), partitioning, remember, initial) as AnyStream
    case 'time':
      return pairs.updateStateByKeyWithTime(f.timedUpdate(step['fn']), partitioning, remember, initial) as AnyStream
    default:
      return pairs.updateStateByKey(f.update(step['fn']), partitioning, initial) as AnyStream
  }
}

function mapWithState(ssc: StreamingContext, step: Step, pairs: PairStream): AnyStream {
  const spec =
    step['advanced'] === true
      ? StateSpec.functionWithTime<Any, Any, Any, Any>(f.timedMapping(step['fn']))
      : StateSpec.function<Any, Any, Any, Any>(f.mapping(step['fn']))
  const partitioning = partitioningOf(step)
  if (typeof partitioning === 'number') spec.numPartitions(partitioning)
  else if (partitioning !== undefined) spec.partitioner(partitioning)
  const initial = initialOf(ssc, step)
  if (initial !== undefined) spec.initialState(initial)
  if (step['timeout'] !== undefined) spec.timeout(milliseconds(step['timeout'] as number))
  return pairs.mapWithState(spec)
}
