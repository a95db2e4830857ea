// RDD and DStream programs of the case format on the side of Spark.
package org.apache.spark.streaming

import com.fasterxml.jackson.databind.JsonNode
import org.apache.spark.{HashPartitioner, Partitioner, SparkContext}
import org.apache.spark.rdd.RDD
import org.apache.spark.storage.StorageLevel
import org.apache.spark.streaming.dstream._
import scala.collection.JavaConverters._
import Values.{result, value, json}

/** An input whose batches are listed; null: no RDD; past the end: an empty one. */
class TestInputDStream(ssc: StreamingContext, batches: Seq[Option[Seq[Any]]], slices: Int) extends InputDStream[Any](ssc) {
  def start(): Unit = {}
  def stop(): Unit = {}
  def compute(time: Time): Option[RDD[Any]] = {
    val index = ((time - zeroTime) / slideDuration - 1).toInt
    val batch = if (index < batches.size) batches(index) else Some(Nil)
    batch.map(elements => ssc.sc.makeRDD(elements, slices))
  }
}

object Programs {
  type Rdd = RDD[Any]
  type Stream = DStream[Any]
  private def pairs(rdd: Rdd): RDD[(Any, Any)] = rdd.asInstanceOf[RDD[(Any, Any)]]
  private def pairs(stream: Stream): DStream[(Any, Any)] = stream.asInstanceOf[DStream[(Any, Any)]]
  private def some(rdd: RDD[_]): Rdd = rdd.asInstanceOf[Rdd]
  private def some(stream: DStream[_]): Stream = stream.asInstanceOf[Stream]

  implicit class Step(val node: JsonNode) extends AnyVal {
    def has(name: String): Boolean = node.hasNonNull(name)
    def text(name: String): String = node.get(name).textValue
    def int(name: String): Int = node.get(name).intValue
    def long(name: String): Long = node.get(name).longValue
    def flag(name: String, otherwise: Boolean): Boolean = if (has(name)) node.get(name).booleanValue else otherwise
    def list(name: String): List[JsonNode] = if (has(name)) node.get(name).elements.asScala.toList else Nil
    def span(name: String): Duration = Milliseconds(long(name))
  }

  /** Runs the steps; answers the last RDD. `rdds` gets the named ones. */
  def runRdd(sc: SparkContext, steps: Seq[JsonNode], rdds: scala.collection.mutable.Map[String, Rdd], time: Time = null): Rdd = {
    var last: Rdd = null
    for (step <- steps) {
      last = rddStep(sc, step, rdds, time)
      if (step.has("let")) rdds(step.text("let")) = last
    }
    last
  }

  private def rddStep(sc: SparkContext, step: JsonNode, rdds: scala.collection.Map[String, Rdd], time: Time): Rdd = {
    def from = rdds(step.text("from"))
    def other = rdds(step.text("with"))
    def n: Option[Int] = if (step.has("numPartitions")) Some(step.int("numPartitions")) else None
    def fn = step.text("fn")
    step.text("op") match {
      case "returnNull" => null
      case "parallelize" =>
        val data = step.list("data").map(value)
        if (step.has("slices")) sc.parallelize(data, step.int("slices")) else sc.parallelize(data)
      case "range" => some(sc.range(step.long("start"), step.long("end"), if (step.has("step")) step.long("step") else 1, step.int("slices")))
      case "emptyRDD" => sc.emptyRDD[Any]
      case "map" => val f = Functions.element(fn); from.map(f)
      case "flatMap" => val f = Functions.flat(fn); from.flatMap(x => f(x))
      case "filter" => val f = Functions.predicate(fn); from.filter(f)
      case "mapPartitions" => val f = Functions.partition(fn); from.mapPartitions(f)
      case "mapPartitionsWithIndex" => val f = Functions.indexed(fn); from.mapPartitionsWithIndex(f)
      case "glom" => some(from.glom())
      case "withTime" => val ms = time.milliseconds; from.map(x => (ms, x))
      case "zip" => some(from.zip(other))
      case "zipWithIndex" => some(from.zipWithIndex())
      case "zipWithUniqueId" => some(from.zipWithUniqueId())
      case "zipPartitions" => some(from.zipPartitions(other)((a, b) => Iterator((a.toList, b.toList))))
      case "sortBy" =>
        val f = Functions.element(fn)
        from.sortBy(f, step.flag("ascending", true), n.getOrElse(from.partitions.length))(Values.Order, reflect.ClassTag.Any)
      case "sortByKey" =>
        implicit val order: Ordering[Any] = Values.Order
        some(pairs(from).sortByKey(step.flag("ascending", true), n.getOrElse(from.partitions.length)))
      case "repartitionAndSortWithinPartitions" =>
        implicit val order: Ordering[Any] = Values.Order
        some(pairs(from).repartitionAndSortWithinPartitions(new HashPartitioner(n.get)))
      case "groupBy" => val f = Functions.element(fn); some(n.fold(from.groupBy(f))(from.groupBy(f, _)))
      case "groupByKey" => some(n.fold(pairs(from).groupByKey())(pairs(from).groupByKey(_)))
      case "reduceByKey" => val f = Functions.binary(fn); some(n.fold(pairs(from).reduceByKey(f))(pairs(from).reduceByKey(f, _)))
      case "foldByKey" =>
        val f = Functions.binary(fn)
        val zero = value(step.node.get("zero"))
        some(n.fold(pairs(from).foldByKey(zero)(f))(pairs(from).foldByKey(zero, _)(f)))
      case "aggregateByKey" =>
        val zero = value(step.node.get("zero"))
        val (seq, comb) = (Functions.binary(step.text("seq")), Functions.binary(step.text("comb")))
        some(n.fold(pairs(from).aggregateByKey(zero)(seq, comb))(pairs(from).aggregateByKey(zero, _)(seq, comb)))
      case "combineByKey" =>
        val c = Functions.combiner(step.text("combiner"))
        some(n.fold(pairs(from).combineByKey(c.create, c.merge, c.mergeCombiners))(pairs(from).combineByKey(c.create, c.merge, c.mergeCombiners, _)))
      case "keyBy" => val f = Functions.element(fn); some(from.keyBy(f))
      case "keys" => pairs(from).keys
      case "values" => pairs(from).values
      case "mapValues" => val f = Functions.element(fn); some(pairs(from).mapValues(f))
      case "flatMapValues" => val f = Functions.flat(fn); some(pairs(from).flatMapValues(x => f(x)))
      case "partitionBy" => some(pairs(from).partitionBy(new HashPartitioner(n.get)))
      case "join" => some(n.fold(pairs(from).join(pairs(other)))(pairs(from).join(pairs(other), _)))
      case "leftOuterJoin" => some(n.fold(pairs(from).leftOuterJoin(pairs(other)))(pairs(from).leftOuterJoin(pairs(other), _)))
      case "rightOuterJoin" => some(n.fold(pairs(from).rightOuterJoin(pairs(other)))(pairs(from).rightOuterJoin(pairs(other), _)))
      case "fullOuterJoin" => some(n.fold(pairs(from).fullOuterJoin(pairs(other)))(pairs(from).fullOuterJoin(pairs(other), _)))
      case "cogroup" => some(n.fold(pairs(from).cogroup(pairs(other)))(pairs(from).cogroup(pairs(other), _)))
      case "cogroupAll" =>
        step.list("others").map(name => pairs(rdds(name.textValue))) match {
          case List(a, b) => some(n.fold(pairs(from).cogroup(a, b))(pairs(from).cogroup(a, b, _)))
          case List(a, b, c) => some(n.fold(pairs(from).cogroup(a, b, c))(pairs(from).cogroup(a, b, c, _)))
        }
      case "groupWith" => some(pairs(from).groupWith(pairs(other)))
      case "subtractByKey" => some(n.fold(pairs(from).subtractByKey(pairs(other)))(pairs(from).subtractByKey(pairs(other), _)))
      case "distinct" => n.fold(from.distinct())(from.distinct(_))
      case "union" => from.union(other)
      case "unionAll" => sc.union(step.list("from").map(name => rdds(name.textValue)))
      case "intersection" => n.fold(from.intersection(other))(from.intersection(other, _))
      case "subtract" => n.fold(from.subtract(other))(from.subtract(other, _))
      case "cartesian" => some(from.cartesian(other))
      case "coalesce" => from.coalesce(n.get, step.flag("shuffle", false))
      case "repartition" => from.repartition(n.get)
      case "pipe" =>
        val command = step.node.get("command")
        some(if (command.isTextual) from.pipe(command.textValue) else from.pipe(command.elements.asScala.map(_.textValue).toList))
      case "cache" => from.cache()
      case "sample" => from.sample(step.flag("withReplacement", false), step.node.get("fraction").doubleValue, step.long("seed"))
      case "randomSplit" =>
        from.randomSplit(step.list("weights").map(_.doubleValue).toArray, step.long("seed"))(step.int("index"))
      case "sampleByKey" =>
        val fractions = step.list("fractions").map(entry => value(entry.get(0)) -> entry.get(1).doubleValue).toMap
        some(pairs(from).sampleByKey(step.flag("withReplacement", false), fractions, step.long("seed")))
    }
  }

  /** One array per partition. (`glom` on an RDD whose class is only known as Any gives arrays of longs.) */
  def partitions(rdd: Rdd): Array[List[Any]] = rdd.mapPartitions(it => Iterator(it.toList)).collect()

  /** As pairs by their class too: an array of them is then an array of pairs. They lie where they lay. */
  private def keyed(rdd: Rdd): RDD[(Any, Any)] = pairs(rdd).mapPartitions(_.map(pair => pair), preservesPartitioning = true)

  /** Runs an action; answers its value as the cases write it. */
  def action(rdd: Rdd, step: JsonNode, baseId: Int): JsonNode = {
    def n = step.int("n")
    def zero = value(step.node.get("zero"))
    def fn = Functions.binary(step.text("fn"))
    def numbers: RDD[Double] = rdd.map(_.asInstanceOf[Number].doubleValue)
    val addOne = (sum: (Any, Any), x: Any) => (Functions.add(sum._1, x), Functions.add(sum._2, 1))
    val addBoth = (a: (Any, Any), b: (Any, Any)) => (Functions.add(a._1, b._1), Functions.add(a._2, b._2))
    implicit val order: Ordering[Any] = Values.Order
    step.text("action") match {
      case "collect" => result(rdd.collect())
      case "partitions" => result(partitions(rdd))
      case "numPartitions" => result(rdd.getNumPartitions)
      case "partitioner" => rdd.partitioner.fold[JsonNode](json.nullNode)(p => json.textNode(p match {
        case hash: HashPartitioner => s"HashPartitioner(${hash.numPartitions})"
        case other => s"${other.getClass.getSimpleName}(${other.numPartitions})"
      }))
      case "keyPartition" =>
        result(pairs(rdd).mapPartitionsWithIndex((i, it) => it.map { case (k, _) => (k, i): Any }).collect())
      case "count" => result(rdd.count())
      case "first" => result(rdd.first())
      case "isEmpty" => result(rdd.isEmpty())
      case "take" => result(rdd.take(n))
      case "takeOrdered" => result(rdd.takeOrdered(n))
      case "top" => result(rdd.top(n))
      case "max" => result(rdd.max())
      case "min" => result(rdd.min())
      case "sum" => result(numbers.sum())
      case "mean" => result(numbers.mean())
      case "variance" => result(numbers.variance())
      case "stdev" => result(numbers.stdev())
      case "sampleVariance" => result(numbers.sampleVariance())
      case "sampleStdev" => result(numbers.sampleStdev())
      case "stats" =>
        val s = numbers.stats()
        Values.fields("count" -> result(s.count), "stdev" -> result(s.stdev), "mean" -> result(s.mean), "min" -> result(s.min), "max" -> result(s.max))
      case "histogram" =>
        if (step.has("buckets") && step.node.get("buckets").isArray) result(numbers.histogram(step.list("buckets").map(_.doubleValue).toArray))
        else result(numbers.histogram(step.int("buckets")))
      case "reduce" => result(rdd.reduce(fn))
      case "treeReduce" => result(rdd.treeReduce(fn, if (step.has("depth")) step.int("depth") else 2))
      case "fold" => result(rdd.fold(zero)(fn))
      case "aggregate" => result(rdd.aggregate(zero)(Functions.binary(step.text("seq")), Functions.binary(step.text("comb"))))
      case "aggregateSumCount" => result(rdd.aggregate[(Any, Any)]((0, 0))(addOne, addBoth))
      case "treeAggregate" => result(rdd.treeAggregate[(Any, Any)]((0, 0))(addOne, addBoth, if (step.has("depth")) step.int("depth") else 2))
      case "countByKey" => result(keyed(rdd).countByKey())
      case "countByValue" => result(rdd.countByValue())
      case "collectAsMap" => result(keyed(rdd).collectAsMap())
      case "reduceByKeyLocally" => result(pairs(rdd).reduceByKeyLocally(fn))
      case "lookup" => result(pairs(rdd).lookup(value(step.node.get("key"))))
      case "takeSample" => result(rdd.takeSample(step.flag("withReplacement", false), n, step.long("seed")))
      case "countApproxDistinct" => result(rdd.countApproxDistinct(step.node.get("relativeSD").doubleValue))
      case "toDebugString" =>
        val relative = "\\[(\\d+)\\] at".r.replaceAllIn(rdd.toDebugString, m => s"[${m.group(1).toInt - baseId}] at")
        json.textNode(relative.replaceAll("( at \\w+) at \\S+", "$1"))
    }
  }

  def stream(ssc: StreamingContext, step: JsonNode, streams: scala.collection.mutable.Map[String, Stream]): Unit = {
    val made = streamStep(ssc, step, streams)
    if (step.has("let")) streams(step.text("let")) = made
  }

  private def streamStep(ssc: StreamingContext, step: JsonNode, streams: scala.collection.Map[String, Stream]): Stream = {
    def from = streams(step.text("from"))
    def other = pairs(streams(step.text("with")))
    def all = step.list("from").map(name => streams(name.textValue))
    def fn = step.text("fn")
    def window = step.span("window")
    def slide = if (step.has("slide")) Some(step.span("slide")) else None
    val n: Option[Int] = if (step.has("numPartitions")) Some(step.int("numPartitions")) else None
    val partitioner: Option[Partitioner] =
      if (step.has("partitioner")) Some(new HashPartitioner(step.text("partitioner").stripPrefix("hash:").toInt)) else None
    def part: Partitioner = partitioner.getOrElse(new HashPartitioner(n.getOrElse(ssc.sc.defaultParallelism)))
    def body(rdds: Seq[Rdd], time: Time): Rdd =
      runRdd(rdds.head.sparkContext, step.list("body"), scala.collection.mutable.Map(rdds.zipWithIndex.map { case (r, i) => s"$$$i" -> r }: _*), time)
    def keyed[R](byDefault: => R, byNumber: Int => R, byPartitioner: Partitioner => R): Stream =
      partitioner.map(byPartitioner).orElse(n.map(byNumber)).getOrElse(byDefault).asInstanceOf[Stream]
    step.text("op") match {
      case "map" => val f = Functions.element(fn); from.map(f)
      case "flatMap" => val f = Functions.flat(fn); from.flatMap(x => f(x))
      case "filter" => val f = Functions.predicate(fn); from.filter(f)
      case "mapPartitions" => val f = Functions.partition(fn); from.mapPartitions(f)
      case "glom" => some(from.glom())
      case "repartition" => from.repartition(n.get)
      case "union" => from.union(streams(step.text("with")))
      case "unionAll" => ssc.union(all)
      case "reduce" => from.reduce(Functions.binary(fn))
      case "count" => some(from.count())
      case "countByValue" => some(n.fold(from.countByValue())(from.countByValue(_)))
      case "transform" => from.transform((r, t) => body(Seq(r), t))
      case "transformWith" => from.transformWith(streams(step.text("with")), (a: Rdd, b: Rdd, t: Time) => body(Seq(a, b), t))
      case "transformAll" => ssc.transform(all, transformAll(step.list("body")))
      case "window" => slide.fold(from.window(window))(from.window(window, _))
      case "reduceByWindow" =>
        if (step.has("inv")) from.reduceByWindow(Functions.binary(fn), Functions.binary(step.text("inv")), window, slide.get)
        else from.reduceByWindow(Functions.binary(fn), window, slide.get)
      case "countByWindow" => some(from.countByWindow(window, slide.get))
      case "countByValueAndWindow" => some(n.fold(from.countByValueAndWindow(window, slide.get))(from.countByValueAndWindow(window, slide.get, _)))
      case "groupByKey" => val p = pairs(from); keyed(p.groupByKey(), p.groupByKey(_: Int), p.groupByKey(_: Partitioner))
      case "reduceByKey" =>
        val (p, f) = (pairs(from), Functions.binary(fn))
        keyed(p.reduceByKey(f), p.reduceByKey(f, _: Int), p.reduceByKey(f, _: Partitioner))
      case "combineByKey" =>
        val c = Functions.combiner(step.text("combiner"))
        some(pairs(from).combineByKey(c.create, c.merge, c.mergeCombiners, part, step.flag("mapSideCombine", true)))
      case "groupByKeyAndWindow" =>
        val p = pairs(from)
        slide match {
          case None => some(p.groupByKeyAndWindow(window))
          case Some(s) => keyed(p.groupByKeyAndWindow(window, s), p.groupByKeyAndWindow(window, s, _: Int), p.groupByKeyAndWindow(window, s, _: Partitioner))
        }
      case "reduceByKeyAndWindow" if step.has("inv") =>
        val filter = if (step.has("filter")) { val f = Functions.predicate(step.text("filter")); (pair: (Any, Any)) => f(pair) } else null
        some(pairs(from).reduceByKeyAndWindow(Functions.binary(fn), Functions.binary(step.text("inv")), window, slide.getOrElse(from.slideDuration), part, filter))
      case "reduceByKeyAndWindow" =>
        val (p, f) = (pairs(from), Functions.binary(fn))
        slide match {
          case None => some(p.reduceByKeyAndWindow(f, window))
          case Some(s) => keyed(p.reduceByKeyAndWindow(f, window, s), p.reduceByKeyAndWindow(f, window, s, _: Int), p.reduceByKeyAndWindow(f, window, s, _: Partitioner))
        }
      case "mapValues" => val f = Functions.element(fn); some(pairs(from).mapValues(f))
      case "flatMapValues" => val f = Functions.flat(fn); some(pairs(from).flatMapValues(x => f(x)))
      case "cogroup" => val p = pairs(from); keyed(p.cogroup(other), p.cogroup(other, _: Int), p.cogroup(other, _: Partitioner))
      case "join" => val p = pairs(from); keyed(p.join(other), p.join(other, _: Int), p.join(other, _: Partitioner))
      case "leftOuterJoin" => val p = pairs(from); keyed(p.leftOuterJoin(other), p.leftOuterJoin(other, _: Int), p.leftOuterJoin(other, _: Partitioner))
      case "rightOuterJoin" => val p = pairs(from); keyed(p.rightOuterJoin(other), p.rightOuterJoin(other, _: Int), p.rightOuterJoin(other, _: Partitioner))
      case "fullOuterJoin" => val p = pairs(from); keyed(p.fullOuterJoin(other), p.fullOuterJoin(other, _: Int), p.fullOuterJoin(other, _: Partitioner))
      case "updateStateByKey" => updateState(ssc, step, pairs(from), part)
      case "mapWithState" => mapWithState(ssc, step, pairs(from), n, partitioner)
      case "stateSnapshots" => some(from.asInstanceOf[MapWithStateDStream[Any, Any, Any, Any]].stateSnapshots())
      case "cache" => from.cache()
      case "persist" => from.persist(StorageLevel.fromString(step.text("level")))
      case "checkpoint" => from.checkpoint(step.span("interval"))
    }
  }

  private def transformAll(body: List[JsonNode]): (Seq[RDD[_]], Time) => Rdd = (rdds, time) =>
    runRdd(rdds.head.sparkContext, body, scala.collection.mutable.Map(rdds.zipWithIndex.map { case (r, i) => s"$$$i" -> some(r) }: _*), time)

  private def initial(ssc: StreamingContext, step: JsonNode): Option[RDD[(Any, Any)]] =
    if (step.has("initial")) Some(ssc.sc.parallelize(step.list("initial").map(value(_).asInstanceOf[(Any, Any)]))) else None

  private def updateState(ssc: StreamingContext, step: JsonNode, p: DStream[(Any, Any)], part: Partitioner): Stream = {
    val fn = step.text("fn")
    val remember = step.flag("rememberPartitioner", true)
    val first = initial(ssc, step)
    some(step.text("variant") match {
      case "fn" => p.updateStateByKey[Any](Functions.update(fn))
      case "fnNum" => p.updateStateByKey[Any](Functions.update(fn), step.int("numPartitions"))
      case "fnPartitioner" => p.updateStateByKey[Any](Functions.update(fn), part)
      case "fnInitial" => p.updateStateByKey[Any](Functions.update(fn), part, first.get)
      case "iter" => p.updateStateByKey[Any](Functions.iterator(fn), part, remember)
      case "iterInitial" => p.updateStateByKey[Any](Functions.iterator(fn), part, remember, first.get)
      case "time" => p.updateStateByKey[Any](Functions.timed(fn), part, remember, first)
    })
  }

  private def mapWithState(ssc: StreamingContext, step: JsonNode, p: DStream[(Any, Any)], n: Option[Int], partitioner: Option[Partitioner]): Stream = {
    val fn = step.text("fn")
    val spec: StateSpec[Any, Any, Any, Any] =
      if (step.flag("advanced", false)) StateSpec.function(Functions.timedMapping(fn)) else StateSpec.function(Functions.mapping(fn))
    n.foreach(spec.numPartitions)
    partitioner.foreach(spec.partitioner)
    initial(ssc, step).foreach(rdd => spec.initialState(rdd))
    if (step.has("timeout")) spec.timeout(step.span("timeout"))
    some(p.mapWithState(spec))
  }
}
