// Records cases: reads each file of IN (a case without its results), runs it on a real Spark and writes it with results to OUT.
package org.apache.spark.streaming

import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.node.ObjectNode
import java.io.{ByteArrayOutputStream, File, PrintStream}
import java.nio.file.Files
import java.util.concurrent.atomic.AtomicInteger
import org.apache.spark.{SparkConf, SparkContext, SparkException}
import org.apache.spark.rdd.RDD
import org.apache.spark.util.ManualClock
import scala.collection.mutable
import Programs._
import Values.{array, fields, json, mapper, result}

object Harness {
  private val checkpoints = Files.createTempDirectory("recorder").toString
  private var sc: SparkContext = _

  private def fresh(): SparkContext = {
    if (sc != null && sc.isStopped) sc = null
    if (sc == null) {
      val conf = new SparkConf().setMaster("local[2]").setAppName("recorder").set("spark.ui.enabled", "false")
        .set("spark.default.parallelism", "2").set("spark.streaming.clock", "org.apache.spark.util.ManualClock")
        // What costs time and has no say in any result.
        .set("spark.cleaner.referenceTracking", "false").set("spark.shuffle.compress", "false").set("spark.broadcast.compress", "false")
      sc = new SparkContext(conf)
    }
    sc.checkpointDir = None
    sc
  }

  def main(arguments: Array[String]): Unit = {
    val Array(in, out) = arguments
    for (kind <- Seq("rdd", "stream", "print", "errors"); file <- Option(new File(in, kind).listFiles).toSeq.flatten.sortBy(_.getName)) {
      val test = mapper.readTree(file).asInstanceOf[ObjectNode]
      val console = System.out
      try {
        kind match {
          case "rdd" => recordRdd(test)
          case "stream" => recordStream(test)
          case "print" => recordPrint(test)
          case "errors" => recordErrors(test)
        }
        new File(out, kind).mkdirs()
        mapper.writeValue(new File(new File(out, kind), file.getName), test)
      } catch {
        case thrown: Throwable =>
          System.setOut(console)
          println(s"NOT RECORDED ${file.getName}: ${thrown.toString.linesIterator.next()}")
      }
      StreamingContext.getActive().foreach(_.stop(false))
    }
    if (sc != null) sc.stop()
    println("recorded")
    System.exit(0)
  }

  private def failure(thrown: Throwable): JsonNode = {
    val first = Option(thrown.getMessage).map(_.linesIterator.toSeq.headOption.getOrElse("")).orNull
    val masked = if (first == null) null else first.replaceAll("Task \\d+ in", "Task <N> in").replaceAll("in stage [0-9.]+", "in stage <S>")
      .replaceAll("Lost task [0-9.]+", "Lost task <N>").replaceAll("\\(TID \\d+\\) \\([^)]*\\)", "(TID <T>) (<H>)").replaceAll("@[0-9a-f]{4,}", "@<hash>")
    val node = fields("exception" -> json.textNode(thrown.getClass.getName), "message" -> json.textNode(masked))
    if (thrown.getCause != null) node.set[JsonNode]("cause", failure(thrown.getCause))
    node
  }

  private def recordRdd(test: ObjectNode): Unit = {
    val context = fresh()
    // Samples for sorts are seeded by ids: each case begins with the same one, and finds nothing kept under it.
    context.getPersistentRDDs.values.foreach(_.unpersist(blocking = true))
    member(context, "nextRddId").asInstanceOf[AtomicInteger].set(-1)
    member(member(context, "_dagScheduler"), "cacheLocs").asInstanceOf[mutable.Map[_, _]].clear()
    val baseId = context.newRddId() + 1
    val rdds = mutable.Map[String, RDD[Any]]()
    val built = scala.util.Try(runRdd(context, test.list("program"), rdds))
    for (wanted <- test.list("results")) {
      val node = wanted.asInstanceOf[ObjectNode]
      try {
        built.get
        node.set[JsonNode]("expected", action(rdds(node.text("of")), node, baseId))
      } catch { case thrown: Exception => node.set[JsonNode]("error", failure(thrown)) }
    }
  }

  private class Program(test: ObjectNode) {
    val batchMs: Long = test.long("batchMs")
    val startAt: Long = if (test.has("startAtMs")) test.long("startAtMs") else 0
    val ssc = new StreamingContext(fresh(), Milliseconds(batchMs))
    ssc.sc.setCheckpointDir(checkpoints)
    val streams: mutable.Map[String, Stream] = mutable.Map()
    private val inputs = test.get("inputs")
    inputs.fieldNames.forEachRemaining(_ => ())
    locally {
      val names = mutable.ArrayBuffer[String]()
      inputs.fieldNames.forEachRemaining(names += _)
      for (name <- names.sorted) streams(name) = input(ssc, inputs.list(name), test.int("parallelism"))
    }
    for (step <- test.list("program")) stream(ssc, step, streams)
    if (test.has("rememberMs")) ssc.remember(Milliseconds(test.long("rememberMs")))
    val clock: ManualClock = ssc.scheduler.clock.asInstanceOf[ManualClock]
    clock.setTime(startAt)
    val zero: Long = startAt / batchMs * batchMs

    /** Notes when a batch failed: later ones run all the same. */
    def run(batches: Int): Unit = {
      for (_ <- 1 to batches) tick(ssc)
      try ssc.awaitTerminationOrTimeout(1) catch { case _: Exception => test.put("fails", true) }
    }
  }

  private def input(ssc: StreamingContext, batches: Seq[JsonNode], slices: Int): Stream =
    new TestInputDStream(ssc, batches.map(batch => if (batch.isNull) None else Some({
      val items = mutable.ArrayBuffer[Any]()
      batch.elements.forEachRemaining(item => items += Values.value(item))
      items.toList
    })), slices)

  private def member(owner: AnyRef, name: String): AnyRef = {
    var kind: Class[_] = owner.getClass
    while (kind != null) {
      kind.getDeclaredFields.find(field => field.getName == name || field.getName.endsWith("$$" + name)) match {
        case Some(field) => field.setAccessible(true); return field.get(owner)
        case None => kind = kind.getSuperclass
      }
    }
    throw new NoSuchFieldException(name)
  }

  /** Nothing waits, and nothing is at work: its thread stands in the queue's take(). A generation that runs a job waits too, elsewhere. */
  private def isIdle(loop: AnyRef): Boolean =
    member(loop, "eventQueue").asInstanceOf[java.util.Collection[_]].isEmpty &&
      member(loop, "eventThread").asInstanceOf[Thread].getStackTrace.exists(frame => frame.getClassName.endsWith("LinkedBlockingDeque"))

  /** Moves the clock to the next batch time and waits until everything of that batch is done. */
  private def tick(ssc: StreamingContext): Unit = {
    val clock = ssc.scheduler.clock.asInstanceOf[ManualClock]
    val batchMs = ssc.graph.batchDuration.milliseconds
    val next = (clock.getTimeMillis() / batchMs + 1) * batchMs
    val generator = member(ssc.scheduler, "jobGenerator")
    val timer = member(generator, "timer")
    val loop = member(generator, "eventLoop")
    val loops = Seq(loop, member(ssc.scheduler, "eventLoop"))
    val sets = member(ssc.scheduler, "jobSets").asInstanceOf[java.util.Map[Time, org.apache.spark.streaming.scheduler.JobSet]]
    // Nobody listens to the clock of a context that is not at work.
    if (ssc.getState() != StreamingContextState.ACTIVE) return
    clock.setTime(next)
    def quiet: Boolean = {
      var all = member(timer, "nextTime").asInstanceOf[Long] > next && loops.forall(isIdle)
      sets.values.forEach(set => all &&= set.hasCompleted)
      all
    }
    var calm = 0
    val limit = System.nanoTime + 20L * 1000 * 1000 * 1000
    while (calm < 4) {
      if (System.nanoTime > limit) throw new IllegalStateException("a batch does not end")
      Thread.sleep(1)
      calm = if (quiet) calm + 1 else 0
    }
  }

  private def recordStream(test: ObjectNode): Unit = {
    val program = new Program(test)
    import program._
    val batches = test.int("numBatches")
    val outputs = json.objectNode
    val counts = json.objectNode
    val parts = json.objectNode
    def blank(): Array[JsonNode] = Array.fill[JsonNode](batches)(json.nullNode)
    val finished = mutable.ArrayBuffer[() => Unit]()
    for (nameNode <- test.list("collect")) {
      val name = nameNode.textValue
      val (contents, numbers, partitions) = (blank(), blank(), blank())
      streams(name).foreachRDD { (rdd: RDD[Any], time: Time) =>
        val index = ((time.milliseconds - zero) / batchMs - 1).toInt
        val collected = Programs.partitions(rdd)
        contents(index) = array(collected.toSeq.flatMap(_.map(result)))
        numbers(index) = result(rdd.getNumPartitions)
        partitions(index) = result(collected)
      }
      finished += (() => {
        outputs.set[JsonNode](name, array(contents))
        counts.set[JsonNode](name, array(numbers))
        parts.set[JsonNode](name, array(partitions))
      })
    }
    for (step <- test.list("foreach")) {
      val values = blank()
      streams(step.text("from")).foreachRDD { (rdd: RDD[Any], time: Time) =>
        values(((time.milliseconds - zero) / batchMs - 1).toInt) = action(rdd, step, 0)
      }
      finished += (() => outputs.set[JsonNode](step.text("into"), array(values)))
    }
    ssc.start()
    run(batches)
    finished.foreach(_())
    for (step <- test.list("after")) {
      val from = streams(step.text("from"))
      outputs.set[JsonNode](step.text("into"), step.text("op") match {
        case "slice" => array(from.slice(new Time(step.long("fromTime")), new Time(step.long("toTime"))).map(rdd => result(rdd.collect())))
        case "introspect" => fields(
          "slideMs" -> result(from.slideDuration.milliseconds),
          "rememberMs" -> millis(from.rememberDuration),
          "checkpointMs" -> millis(from.checkpointDuration),
          "storageLevel" -> json.textNode(from.storageLevel.description),
          "parentRememberMs" -> millis(from.parentRememberDuration),
          "rememberedTimes" -> array(from.generatedRDDs.keys.toSeq.map(_.milliseconds).sorted.map(result)),
          "class" -> json.textNode(from.getClass.getSimpleName),
          "numDependencies" -> result(from.dependencies.size))
      })
    }
    ssc.stop(false)
    test.set[JsonNode]("outputs", outputs)
    test.set[JsonNode]("numPartitions", counts)
    if (test.flag("recordPartitions", false)) test.set[JsonNode]("partitions", parts)
  }

  private def millis(duration: Duration): JsonNode = if (duration == null) json.nullNode else result(duration.milliseconds)

  private def recordPrint(test: ObjectNode): Unit = {
    val program = new Program(test)
    for (step <- test.list("prints")) {
      val from = program.streams(step.text("from"))
      if (step.has("num")) from.print(step.int("num")) else from.print()
    }
    val written = new ByteArrayOutputStream
    val console = System.out
    try Console.withOut(new PrintStream(written, true, "UTF-8")) {
      System.setOut(new PrintStream(written, true, "UTF-8"))
      program.ssc.start()
      program.run(test.int("numBatches"))
      program.ssc.stop(false)
    } finally System.setOut(console)
    test.put("stdout", written.toString("UTF-8"))
  }

  private def recordErrors(test: ObjectNode): Unit = {
    val contexts = mutable.LinkedHashMap[String, StreamingContext]()
    val streams = mutable.Map[String, mutable.Map[String, Stream]]()
    val collected = mutable.LinkedHashMap[String, mutable.TreeMap[String, JsonNode]]()
    val results = json.arrayNode
    test.list("steps").zipWithIndex.takeWhile { case (step, index) =>
      val name = if (step.has("ctx")) step.text("ctx") else "ssc"
      val node = fields("step" -> result(index), "do" -> json.textNode(step.text("do")))
      val thrown = try {
        val returned = errorStep(step, name, contexts, streams, collected)
        if (returned != null) node.set[JsonNode]("returned", returned)
        node.put("ok", true)
        false
      } catch { case error: Exception => node.set[JsonNode]("error", failure(error)); true }
      val states = json.objectNode
      for ((which, ssc) <- contexts) states.put(which, ssc.getState().toString)
      node.set[JsonNode]("states", states)
      node.put("sparkContextStopped", sc != null && sc.isStopped)
      results.add(node)
      !thrown || step.flag("continue", false)
    }
    test.set[JsonNode]("results", results)
    if (test.flag("recordOutputs", false)) {
      val byTime = json.objectNode
      for ((name, batches) <- collected) byTime.set[JsonNode](name, fields(batches.toSeq: _*))
      test.set[JsonNode]("outputsByTime", byTime)
    }
    contexts.values.foreach(ssc => if (ssc.getState() == StreamingContextState.ACTIVE) ssc.stop(false))
  }

  /** Of nothing but what it is given: it can be serialised. */
  private val firstOf: (Seq[RDD[_]], Time) => RDD[Any] = (rdds, _) => rdds.head.asInstanceOf[RDD[Any]]

  private def errorStep(step: JsonNode, name: String, contexts: mutable.Map[String, StreamingContext],
      streams: mutable.Map[String, mutable.Map[String, Stream]], collected: mutable.Map[String, mutable.TreeMap[String, JsonNode]]): JsonNode = {
    def ssc = contexts(name)
    def mine = streams(name)
    def from = mine(step.text("from"))
    step.text("do") match {
      case "context" =>
        val made = new StreamingContext(fresh(), Milliseconds(step.long("batchMs")))
        if (step.flag("checkpointDir", false)) made.sc.setCheckpointDir(checkpoints)
        if (step.flag("metadataCheckpoint", false)) made.checkpoint(checkpoints)
        contexts(name) = made
        streams(name) = mutable.Map()
      case "nullContext" => new StreamingContext(null.asInstanceOf[SparkContext], null, null)
      case "getActive" => return StreamingContext.getActive().fold[JsonNode](json.nullNode)(active => json.textNode(active.getState().toString))
      case "input" => mine(step.text("let")) = input(ssc, step.list("batches"), 2)
      case "op" => stream(ssc, step, mine)
      case "output" =>
        val batches = mutable.TreeMap[String, JsonNode]()
        from.foreachRDD { (rdd: RDD[Any], time: Time) => batches(f"${time.milliseconds}%06d") = result(rdd.collect()) }
        collected(s"$name.${step.text("from")}") = batches
      case "print" => from.print()
      case "throwingOutput" =>
        val message = step.text("message")
        from.foreachRDD { (_: RDD[Any], _: Time) => throw new IllegalStateException(message) }
      case "start" => ssc.start()
      case "advance" => for (_ <- 1 to step.int("batches")) tick(ssc)
      case "awaitTermination" => return result(ssc.awaitTerminationOrTimeout(if (step.has("timeoutMs")) step.long("timeoutMs") else 500))
      case "stop" => ssc.stop(step.flag("stopSparkContext", false))
      case "remember" => ssc.remember(Milliseconds(step.long("ms")))
      case "setBatchDuration" => ssc.graph.setBatchDuration(Milliseconds(step.long("ms")))
      case "slice" => from.slice(new Time(step.long("fromTime")), new Time(step.long("toTime")))
      case "emptyUnion" => ssc.union(Seq.empty[Stream])
      case "emptyTransform" => ssc.transform(Seq.empty[Stream], firstOf)
      case "queueNull" => mine(step.text("let")) = ssc.queueStream[Any](mutable.Queue[RDD[Any]](), true, null)
      case "copyStream" => mine(step.text("let")) = streams(step.text("fromCtx"))(step.text("from"))
    }
    null
  }
}
