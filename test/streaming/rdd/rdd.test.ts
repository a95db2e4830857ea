import { expect, test } from 'vitest'
import { Double, HashPartitioner, type RDD, SparkContext, StorageLevel } from '../../../src-main/streaming/api.ts'
import { CollectingOutputs } from '../../../src-main/streaming/output-context.ts'
import { culpritOf } from '../../../src-main/streaming/rdd/task.ts'

const context = (): SparkContext => new SparkContext({ defaultParallelism: 2 })

test('nothing runs before an action, and every action runs the functions again', async () => {
  let calls = 0
  const rdd = context()
    .parallelize([1, 2, 3], 3)
    .map((value) => {
      calls += 1
      return value
    })
  expect(calls).toBe(0)
  await rdd.count()
  await rdd.count()
  expect(calls).toBe(6)
})

test('a cached RDD computes each partition once', async () => {
  let calls = 0
  const rdd = context()
    .parallelize([1, 2, 3, 4], 2)
    .map((value) => {
      calls += 1
      return value
    })
    .cache()
  await rdd.count()
  expect(await rdd.collect()).toEqual([1, 2, 3, 4])
  expect(calls).toBe(4)
  expect(rdd.toDebugString()).toContain('CachedPartitions: 2')
})

test('take computes only the partitions that it needs, and stops inside one', async () => {
  const seen: number[] = []
  const rdd = context()
    .parallelize([1, 2, 3, 4, 5, 6], 3)
    .map((value) => {
      seen.push(value)
      return value
    })
  expect(await rdd.take(1)).toEqual([1])
  expect(seen).toEqual([1])
})

test('an asynchronous mapPartitions function is awaited, and what follows runs on its result', async () => {
  const rdd = context()
    .parallelize([1, 2, 3, 4], 2)
    .mapPartitions(async function* (partition) {
      for (const value of partition) {
        await Promise.resolve()
        yield value * 10
      }
    })
    .map((value): [number, number] => [value % 20, value])
    .reduceByKey((a, b) => a + b)
  expect((await rdd.collect()).sort()).toEqual([
    [0, 60],
    [10, 40],
  ])
})

test('an asynchronous function that rejects fails the job with its own error as the cause', async () => {
  const rdd = context()
    .parallelize([1], 1)
    .mapPartitions(async () => {
      throw new Error('no such host')
    })
  await expect(rdd.collect()).rejects.toThrow(/Job aborted due to stage failure: Task 0 .*: Error: no such host/)
})

test('the record that a function threw on is known', async () => {
  const rdd = context()
    .parallelize(['1', '2', 'x', '4'], 2)
    .map((text) => {
      if (text === 'x') throw new Error('not a number')
      return Number(text)
    })
    .filter((value) => value > 0)
  const error = await rdd.collect().catch((thrown: unknown) => thrown)
  expect(culpritOf(error)?.record).toBe('x')
})

test('an aggregation with a mutable value gives the same result however often it is read', async () => {
  const rdd = context()
    .parallelize<[string, number]>(
      [
        ['a', 1],
        ['a', 2],
        ['b', 3],
        ['a', 4],
      ],
      3,
    )
    .aggregateByKey<string, number, number[]>(
      [],
      (list, value) => {
        list.push(value)
        return list
      },
      (one, other) => {
        one.push(...other)
        return one
      },
    )
  const first = (await rdd.collect()).map(([key, list]) => [key, [...list].sort()])
  expect((await rdd.collect()).map(([key, list]) => [key, [...list].sort()])).toEqual(first)
  expect(first).toContainEqual(['a', [1, 2, 4]])
})

test('keys that are tuples are equal by content', async () => {
  const rdd = context()
    .parallelize<[[string, number], number]>(
      [
        [['a', 1], 1],
        [['a', 1], 2],
        [['a', 2], 4],
      ],
      2,
    )
    .reduceByKey((a, b) => a + b)
  expect((await rdd.collect()).sort()).toEqual([
    [['a', 1], 3],
    [['a', 2], 4],
  ])
})

test('an RDD that is partitioned already is not shuffled again', async () => {
  const partitioner = new HashPartitioner(3)
  const rdd = context()
    .parallelize<[string, number]>(
      [
        ['a', 1],
        ['b', 2],
      ],
      2,
    )
    .partitionBy(partitioner)
  expect(rdd.reduceByKey((a, b) => a + b, partitioner).toDebugString()).toMatch(/^\(3\) MapPartitionsRDD/)
  expect(rdd.partitionBy(new HashPartitioner(3))).toBe(rdd)
})

test('a sample with a seed is the same every time, and random splits hold every element once', async () => {
  const sc = context()
  const rdd = sc.range(0, 1000, 1, 4)
  const sample = await rdd.sample(false, 0.1, 7).collect()
  expect(await rdd.sample(false, 0.1, 7).collect()).toEqual(sample)
  expect(sample.length).toBeGreaterThan(50)
  expect(sample.length).toBeLessThan(200)
  const splits = await Promise.all(rdd.randomSplit([1, 2], 3).map((split) => split.collect()))
  expect(splits.flat().sort((a, b) => a - b)).toEqual(await rdd.collect())
})

test('the storage level of an RDD is given once', () => {
  const rdd: RDD<number> = context().parallelize([1]).cache()
  expect(() => rdd.persist()).not.toThrow()
  expect(() => rdd.unpersist().cache()).not.toThrow()
})

test('a storage level is found by its name, and an unknown one refused', () => {
  expect(StorageLevel.fromString('MEMORY_AND_DISK_SER_2')).toBe(StorageLevel.MEMORY_AND_DISK_SER_2)
  expect(String(StorageLevel.fromString('DISK_ONLY_3'))).toBe('StorageLevel(disk, 3 replicas)')
  for (const name of ['MEMORY', 'fromString', 'toString', '']) {
    expect(() => StorageLevel.fromString(name)).toThrow(`Invalid StorageLevel: ${name}`)
  }
})

test('toDebugString tells of kept partitions under the RDD that keeps them, in Spark’s columns', async () => {
  const kept = new SparkContext().parallelize([1, 2], 2).cache()
  const mapped = kept.map((value) => value + 1).cache()
  await mapped.count()
  const lines = mapped.toDebugString().split('\n')
  expect(lines[1]).toMatch(/^ \| {7}CachedPartitions: 2; MemorySize: \d+\.0 B; DiskSize: 0\.0 B$/)
  expect(lines[3]).toMatch(/^ \| {6}CachedPartitions: 2; MemorySize: \d+\.0 B; DiskSize: 0\.0 B$/)
})

test('a checkpointed RDD no longer knows what it came from', async () => {
  const sc = context()
  const rdd = sc.parallelize([1, 2], 2).map((value) => value + 1)
  expect(() => rdd.checkpoint()).toThrow('Checkpoint directory has not been set in the SparkContext')
  sc.setCheckpointDir('anywhere')
  rdd.checkpoint()
  expect(await rdd.collect()).toEqual([2, 3])
  expect(rdd.isCheckpointed).toBe(true)
  expect(rdd.dependencies).toEqual([])
  expect(await rdd.collect()).toEqual([2, 3])
})

test('saveAsTextFile writes one file per partition through the output context', async () => {
  const outputs = new CollectingOutputs()
  await new SparkContext({ outputs })
    .parallelize<[string, number]>(
      [
        ['a', 1],
        ['b', 2],
      ],
      2,
    )
    .saveAsTextFile('/nowhere/out')
  const [saved] = outputs.collected
  expect(saved?.directory).toBe('/nowhere/out')
  expect(saved?.files?.map((file) => [file.name, Buffer.from(file.content).toString()])).toEqual([
    ['part-00000', '(a,1)\n'],
    ['part-00001', '(b,2)\n'],
  ])
})

test('a command that fails says so with its status', async () => {
  await expect(context().parallelize(['a'], 1).pipe(['sh', '-c', 'exit 3']).collect()).rejects.toThrow(/Subprocess exited with status 3/)
  await expect(context().parallelize(['a'], 1).pipe('no-such-command-here').collect()).rejects.toThrow(
    /IOException: Cannot run program "no-such-command-here": error=2, No such file or directory/,
  )
})

test('sorts and zipWithIndex look at their data in the call, as in Spark: what a function throws is thrown there', async () => {
  const seen: number[] = []
  const numbers = context()
    .parallelize([3, 1, 2], 3)
    .map((value) => {
      seen.push(value)
      if (value === 2) throw new Error('no two')
      return value
    })
  const counted = numbers.zipWithIndex()
  expect(seen).toEqual([3, 1])
  await expect(counted.collect()).rejects.toThrow('no two')
  const failing = /^Job aborted due to stage failure: Task 2 in stage .* Error: no two$/
  expect(() => numbers.sortBy((value) => value)).toThrow(failing)
  expect(() => numbers.repartition(2).zipWithIndex()).toThrow(failing)
  // Nothing is looked at where there is nothing to know.
  expect(numbers.sortBy((value) => value, true, 1).getNumPartitions()).toBe(1)
  expect(numbers.coalesce(1).zipWithIndex().getNumPartitions()).toBe(1)
})

test('RDDs behind a sort have the ids that they have in Spark, which makes three more where a partition is sampled twice', () => {
  const all = Array.from({ length: 400 }, (_, value) => value)
  const sorted = (below: number): string =>
    context()
      .parallelize(all, 4)
      .filter((value) => value < below)
      .sortBy((value) => value, true, 2)
      .toDebugString()
  expect(sorted(400)).toContain('ShuffledRDD[5] at sortBy')
  expect(sorted(100)).toContain('ShuffledRDD[8] at sortBy')
})

test('behind an asynchronous function zipWithIndex counts, and a sort samples, when it is needed', async () => {
  const later = (): RDD<number> =>
    context()
      .parallelize([3, 1, 2], 3)
      .mapPartitions(async (partition) => [...partition])
  expect(await later().zipWithIndex().collect()).toEqual([
    [3, 0],
    [1, 1],
    [2, 2],
  ])
  const kept = later().cache()
  const sorted = (): RDD<number> => kept.sortBy((value) => value)
  const early = sorted()
  expect(() => early.getNumPartitions()).toThrow('an asynchronous operation stands before it')
  await kept.count()
  expect(await early.collect()).toEqual([1, 2, 3])
  expect(await sorted().collect()).toEqual([1, 2, 3])
  const promising = context()
    .parallelize([1, 2], 2)
    .mapPartitions((partition) => Promise.resolve([...partition]))
  expect(await promising.zipWithIndex().collect()).toEqual([
    [1, 0],
    [2, 1],
  ])
})

test('a sort looks at the lines of a command at once', async () => {
  const lines = context().parallelize(['b', 'c', 'a', 'd'], 2).pipe('cat')
  expect(await lines.sortBy((line) => line).collect()).toEqual(['a', 'b', 'c', 'd'])
  expect(() => context().parallelize(['a'], 2).pipe('false').sortBy(String)).toThrow(
    /IllegalStateException: Subprocess exited with status 1. Command ran: false/,
  )
})

test('the lines of a command end as in Java: with either or both of its characters', async () => {
  expect(await context().parallelize(['a\rb\r\nc'], 1).pipe('cat').collect()).toEqual(['a', 'b', 'c'])
})

test('partitions are put together in a tree, in the order of Spark, by a depth of at least 1', async () => {
  const letters = context().parallelize(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'], 9)
  const join = (one: string, other: string): string => one + other
  expect(await letters.treeReduce(join, 1)).toBe('abcdefghi')
  expect(await letters.treeReduce(join)).toBe('adgbehcfi')
  expect(await letters.treeAggregate('-', join, join)).toBe('---a--d--g--b--e--h--c--f--i')
  await expect(letters.treeReduce(join, 0)).rejects.toThrow('Depth must be greater than or equal to 1 but got 0.')
})

test('numbers of partitions and elements that Spark refuses are refused where Spark does', async () => {
  const none = context().parallelize([1, 2], 0)
  expect(none.partitioner).toBeUndefined()
  await expect(none.map(String).collect()).rejects.toThrow('Positive number of partitions required')
  expect(() => context().parallelize([3]).cartesian(none)).toThrow('Positive number of partitions required')
  const behindShuffle = none
    .map((value): [number, number] => [value, value])
    .partitionBy(new HashPartitioner(3))
    .map(String)
    .coalesce(2)
  expect(() => behindShuffle.getNumPartitions()).toThrow('Positive number of partitions required')
  const nowhere = context()
    .parallelize<[string | null, number]>([['a', 1]])
    .groupByKey(0)
  await expect(nowhere.lookup('a')).rejects.toThrow('/ by zero')
  await expect(nowhere.lookup(null)).rejects.toThrow('Attempting to access a non-existent partition: 0. Total number of partitions: 0')
  expect(() => context().range(1, 5, 0)).toThrow('requirement failed: step cannot be 0')
  expect(() => context().parallelize([1]).sortBy(String, true, -1)).toThrow('Number of partitions cannot be negative but found -1.')
  await expect(context().parallelize([1]).takeOrdered(-1)).rejects.toThrow('k (-1) must be nonnegative')
})

test('reduceByKeyLocally has the keys of Java’s maps, and what its function throws fails the job', async () => {
  const zeros = context().parallelize<[Double, number]>(
    [0, -0, 0, -0].map((zero, index) => [new Double(zero), index]),
    2,
  )
  const sums = await zeros.reduceByKeyLocally((one, other) => one + other)
  expect([...sums].map(([key, sum]) => [Object.is(key.value, -0), sum])).toEqual([
    [false, 2],
    [true, 4],
  ])
  const fail = (): number => {
    throw new Error('no sum')
  }
  const pairs = context().parallelize<[string, number]>([
    ['a', 1],
    ['a', 2],
  ])
  await expect(pairs.coalesce(1).reduceByKeyLocally(fail)).rejects.toThrow(/^Job aborted due to stage failure: .*no sum$/)
})

test('a histogram has at least one bucket', async () => {
  await expect(context().parallelize([1, 2]).histogram(0)).rejects.toThrow('buckets array must have at least two elements')
})

test('localCheckpoint cuts lineage without a directory, at the first action', async () => {
  const calls = { count: 0 }
  const rdd = context()
    .parallelize([1, 2, 3], 2)
    .map((value) => {
      calls.count += 1
      return value
    })
    .localCheckpoint()
  expect(rdd.isCheckpointed).toBe(false)
  expect(await rdd.collect()).toEqual([1, 2, 3])
  expect([rdd.isCheckpointed, rdd.dependencies.length, rdd.className]).toEqual([true, 0, 'LocalCheckpointRDD'])
  expect(await rdd.count()).toBe(3)
  expect(calls.count).toBe(3)
})

test('partitions of up to four RDDs are zipped', async () => {
  const sc = context()
  const [one, two, three, four] = [1, 10, 100, 1000].map((value) => sc.parallelize([value, value * 2], 2)) as [
    RDD<number>,
    RDD<number>,
    RDD<number>,
    RDD<number>,
  ]
  const sum = (...parts: Iterable<number>[]): number[] => [parts.flatMap((part) => [...part]).reduce((a, b) => a + b)]
  const zipped = one.zipPartitions(two, three, four, sum)
  expect(await zipped.collect()).toEqual([1111, 2222])
  expect(zipped.className).toBe('ZippedPartitionsRDD4')
  expect(await one.zipPartitions(two, three, sum).collect()).toEqual([111, 222])
  expect(one.partitions.map(({ index }) => index)).toEqual([0, 1])
})

test('the memory of kept partitions is shown, about, in units of two', async () => {
  const rdd = context()
    .parallelize(
      Array.from({ length: 10_000 }, (_, index) => `line ${index % 10}`),
      2,
    )
    .map((line) => line)
    .cache()
  expect(rdd.memorySize).toBe(0)
  await rdd.count()
  expect(rdd.memorySize).toBe(2 * (16 + 5000 * (8 + 16 + 6)))
  expect(rdd.toDebugString()).toContain('CachedPartitions: 2; MemorySize: 293.0 KiB; DiskSize: 0.0 B')
  rdd.unpersist()
  expect(rdd.memorySize).toBe(0)
})

test('glom gives partitions of any size', async () => {
  const numbers = Array.from({ length: 300_000 }, (_, index) => index)
  const [partition] = await context().parallelize(numbers, 1).glom().collect()
  expect(partition).toHaveLength(300_000)
})
