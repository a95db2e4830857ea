// The function library of the case format (its README) on the side of Spark.
package org.apache.spark.streaming

import Values.{mapper, value}

object Functions {
  /** `name` or `name:argument`. */
  private def parse(spec: String): (String, Any) = spec.indexOf(':') match {
    case -1 => (spec, null)
    case at => (spec.take(at), value(mapper.readTree(spec.drop(at + 1))))
  }

  private def isWide(a: Any): Boolean = a.isInstanceOf[Long]
  private def arithmetic(a: Any, b: Any)(ints: (Int, Int) => Int)(longs: (Long, Long) => Long): Any =
    if (isWide(a) || isWide(b)) longs(a.asInstanceOf[Number].longValue, b.asInstanceOf[Number].longValue)
    else ints(a.asInstanceOf[Int], b.asInstanceOf[Int])
  def add(a: Any, b: Any): Any = arithmetic(a, b)(_ + _)(_ + _)
  def subtract(a: Any, b: Any): Any = arithmetic(a, b)(_ - _)(_ - _)
  def multiply(a: Any, b: Any): Any = arithmetic(a, b)(_ * _)(_ * _)
  def modulo(a: Any, b: Any): Any = arithmetic(a, b)(_ % _)(_ % _)
  private def less(a: Any, b: Any): Boolean = Values.Order.compare(a, b) < 0
  private def sum(items: Iterable[Any]): Any = items.foldLeft[Any](0)(add)
  private def pair(x: Any): (Any, Any) = x.asInstanceOf[(Any, Any)]
  private def text(x: Any): String = x.asInstanceOf[String]
  private def parity(x: Any): String = if (x.asInstanceOf[Number].longValue % 2 == 0) "even" else "odd"
  private def items(x: Any): Seq[Any] = x match {
    case many: Iterable[_] => many.toSeq
    case many: Array[_] => many.toSeq
    case (a, b) => Seq(a, b)
  }

  def element(spec: String): Any => Any = {
    val (name, n) = parse(spec)
    name match {
      case "identity" => x => x
      case "const" => _ => n
      case "toString" => x => String.valueOf(x)
      case "pairWithOne" => x => (x, 1)
      case "pairWith" => x => (x, n)
      case "selfPair" => x => (x, x)
      case "swap" => x => pair(x).swap
      case "key" => x => pair(x)._1
      case "value" => x => pair(x)._2
      case "plus" => x => add(x, n)
      case "times" => x => multiply(x, n)
      case "mod" => x => modulo(x, n)
      case "neg" => x => subtract(0, x)
      case "square" => x => multiply(x, x)
      case "parity" => parity
      case "keyByParity" => x => (parity(x), x)
      case "keyByMod" => x => (modulo(x, n), x)
      case "toUpper" => x => text(x).toUpperCase
      case "toLower" => x => text(x).toLowerCase
      case "length" => x => text(x).length
      case "reverse" => x => text(x).reverse
      case "firstChar" => x => text(x).take(1)
      case "lastChar" => x => text(x).takeRight(1)
      case "keyByLength" => x => (text(x).length, x)
      case "keyByFirstChar" => x => (text(x).take(1), x)
      case "keyByLastChar" => x => (text(x).takeRight(1), x)
      case "appendStr" => x => String.valueOf(x) + n
      case "parseKv" => x => { val parts = text(x).split("="); (parts(0), parts(1).toInt) }
      case "size" => x => items(x).size
      case "sumList" => x => sum(items(x))
      case "sortList" => x => items(x).toList.sorted(Values.Order)
      case "sumPair" => x => add(pair(x)._1, pair(x)._2)
      case "average" => x => pair(x)._1.asInstanceOf[Number].doubleValue / pair(x)._2.asInstanceOf[Number].doubleValue
      case "failOn" => x => if (x == n) throw new RuntimeException("bad element " + n) else x
    }
  }

  def flat(spec: String): Any => Iterable[Any] = {
    val (name, n) = parse(spec)
    name match {
      case "splitSpaces" => x => text(x).split(" ").toSeq
      case "chars" => x => text(x).map(_.toString)
      case "duplicate" => x => Seq(x, x)
      case "selfAndDouble" => x => Seq(x, multiply(x, 2))
      case "selfAndPlus" => x => Seq(x, add(x, n))
      case "upTo" => x => 0 until x.asInstanceOf[Number].intValue
      case "none" => _ => Nil
      case "keepEven" => x => if (parity(x) == "even") Seq(x) else Nil
      case "elements" => items
    }
  }

  def predicate(spec: String): Any => Boolean = {
    val (name, n) = parse(spec)
    name match {
      case "isEven" => parity(_) == "even"
      case "isOdd" => parity(_) == "odd"
      case "gt" => x => less(n, x)
      case "lt" => x => less(x, n)
      case "eq" => _ == n
      case "ne" => _ != n
      case "all" => _ => true
      case "nothing" => _ => false
      case "nonEmpty" => x => text(x).nonEmpty
      case "startsWith" => x => text(x).startsWith(text(n))
      case "longerThan" => x => text(x).length > n.asInstanceOf[Int]
      case "valueNotZero" => x => pair(x)._2 != 0
      case "keepPositive" => x => less(0, pair(x)._2)
      case "valueGt" => x => less(n, pair(x)._2)
      case "keyNot" => x => pair(x)._1 != n
      case "keyIs" => x => pair(x)._1 == n
    }
  }

  def partition(spec: String): Iterator[Any] => Iterator[Any] = {
    val (name, n) = parse(spec)
    name match {
      case "sumPartition" => it => Iterator(sum(it.toSeq))
      case "countPartition" => it => Iterator(it.size)
      case "firstOfPartition" => _.take(1)
      case "reversePartition" => _.toList.reverseIterator
      case "listPartition" => it => Iterator(it.toList)
      case "runningSum" => it => { var total: Any = 0; it.map { x => total = add(total, x); total } }
      case "takePerPartition" => _.take(n.asInstanceOf[Int])
      case "dropPartition" => it => { it.foreach(_ => ()); Iterator.empty }
    }
  }

  def indexed(spec: String): (Int, Iterator[Any]) => Iterator[Any] = spec match {
    case "tagIndex" => (i, it) => it.map(x => (i, x))
    case "indexAndSum" => (i, it) => Iterator((i, sum(it.toSeq)))
    case "indexAndCount" => (i, it) => Iterator((i, it.size))
    case "onlyEvenPartitions" => (i, it) => if (i % 2 == 0) it else Iterator.empty
    case "indexAndList" => (i, it) => Iterator((i, it.toList))
  }

  def binary(spec: String): (Any, Any) => Any = spec match {
    case "addInts" => add
    case "subtractInts" => subtract
    case "mulInts" => multiply
    case "maxInts" => (a, b) => if (less(a, b)) b else a
    case "minInts" => (a, b) => if (less(b, a)) b else a
    case "concat" => (a, b) => String.valueOf(a) + String.valueOf(b)
    case "keepFirst" => (a, _) => a
    case "keepLast" => (_, b) => b
    case "addPairs" => (a, b) => (add(pair(a)._1, pair(b)._1), add(pair(a)._2, pair(b)._2))
    case "xor" => (a, b) => a.asInstanceOf[Int] ^ b.asInstanceOf[Int]
  }

  case class Combiner(create: Any => Any, merge: (Any, Any) => Any, mergeCombiners: (Any, Any) => Any)

  def combiner(spec: String): Combiner = spec match {
    case "collectList" => Combiner(List(_), (c, v) => c.asInstanceOf[List[Any]] :+ v, (c, d) => c.asInstanceOf[List[Any]] ++ d.asInstanceOf[List[Any]])
    case "sumCount" => Combiner((_, 1), (c, v) => (add(pair(c)._1, v), add(pair(c)._2, 1)), binary("addPairs"))
    case "minMax" =>
      val (min, max) = (binary("minInts"), binary("maxInts"))
      Combiner(v => (v, v), (c, v) => (min(pair(c)._1, v), max(pair(c)._2, v)),
        (c, d) => (min(pair(c)._1, pair(d)._1), max(pair(c)._2, pair(d)._2)))
    case "createPlus100" => Combiner(add(_, 100), add, add)
  }

  private def or0(old: Option[Any]): Any = old.getOrElse(0)

  def update(spec: String): (Seq[Any], Option[Any]) => Option[Any] = spec match {
    case "sumState" => (vs, old) => Some(add(sum(vs), or0(old))).filter(_ != 0)
    case "sumKeepZero" => (vs, old) => Some(add(sum(vs), or0(old)))
    case "countState" => (vs, old) => Some(add(or0(old), vs.size))
    case "lastState" => (vs, old) => vs.lastOption.orElse(old)
    case "maxState" => (vs, old) => (vs ++ old).reduceOption(binary("maxInts"))
    case "sortedListState" => (vs, old) => Some((old.map(items).getOrElse(Nil) ++ vs).toList.sorted(Values.Order))
    case "dropIfIdle" => (vs, old) => if (vs.isEmpty) None else Some(add(sum(vs), or0(old)))
    case "dropAfter2Idle" => (vs, old) => {
      val (total, idle) = old.map(pair).getOrElse((0, 0))
      if (vs.nonEmpty) Some((add(total, sum(vs)), 0)) else if (less(0, idle)) None else Some((total, add(idle, 1)))
    }
    case "capAt3" => (vs, old) => Some(add(sum(vs), or0(old))).filter(less(_, 3))
    case "none" => (_, _) => None
  }

  type Groups = Iterator[(Any, Seq[Any], Option[Any])]

  def iterator(spec: String): Groups => Iterator[(Any, Any)] = {
    val total = (vs: Seq[Any], old: Option[Any]) => add(sum(vs), or0(old))
    spec match {
      case "iterSum" => _.map { case (k, vs, old) => (k, total(vs, old)) }
      case "iterSumDropB" => _.filter(_._1 != "b").map { case (k, vs, old) => (k, total(vs, old)) }
      case "iterSumDouble" => _.flatMap { case (k, vs, old) =>
        val t = total(vs, old)
        if (vs.isEmpty) Seq((k, t)) else Seq((k, t), (k + "2", t))
      }
      case "iterUpperKey" => _.map { case (k, vs, old) => (text(k).toUpperCase, total(vs, old)) }
    }
  }

  def timed(spec: String): (Time, Any, Seq[Any], Option[Any]) => Option[Any] = spec match {
    case "timeSum" => (t, _, vs, old) => Some(if (vs.isEmpty) or0(old) else add(or0(old), t.milliseconds))
    case "timeStamp" => (t, _, vs, old) => if (vs.isEmpty) old else Some(t.milliseconds)
    case "timeExpire2s" => (t, _, vs, old) =>
      if (vs.nonEmpty) Some(t.milliseconds) else old.filter(at => t.milliseconds - at.asInstanceOf[Number].longValue < 2000)
    case "keyLenSum" => (_, k, vs, old) => Some(add(or0(old), vs.size * text(k).length))
  }

  private def total(v: Option[Any], s: State[Any]): Any = add(or0(v), s.getOption.getOrElse(0))
  private def kept(v: Option[Any], s: State[Any]): Any = { val n = total(v, s); s.update(n); n }

  def mapping(spec: String): (Any, Option[Any], State[Any]) => Any = {
    spec match {
      case "mwsSum" => (_, v, s) => kept(v, s)
      case "mwsPair" => (k, v, s) => (k, kept(v, s))
      case "mwsOldNew" => (k, v, s) => { val old = s.getOption.orNull; s.update(v.get); (k, (old, v.get)) }
      case "mwsRemoveIfExists" => (k, _, s) => if (s.exists) { s.remove(); (k, "removed") } else { s.update(1); (k, "set") }
      case "mwsReadOnly" => (k, _, s) => (k, s.getOption.orNull)
      case "mwsNull" => (_, v, s) => { kept(v, s); null }
      case "mwsListState" => (k, v, s) => {
        val list = s.getOption.map(items).getOrElse(Nil).toList ++ v
        if (!s.isTimingOut) s.update(list)
        (k, list)
      }
      case "mwsTimeoutPair" => (k, v, s) => if (s.isTimingOut) (k, ("timeout", s.get)) else (k, ("sum", kept(v, s)))
      case "mwsRemoveAt3" => (k, v, s) => {
        val n = total(v, s)
        if (less(n, 3)) { s.update(n); (k, ("open", n)) } else { if (s.exists) s.remove(); (k, ("done", n)) }
      }
      case "mwsReadTimeout" => (k, v, s) =>
        if (s.isTimingOut) (k, "timeout") else if (s.exists) (k, "read") else { s.update(v.get); (k, "new") }
      case "mwsGetMissing" => (_, _, s) => s.get
      case "mwsRemoveThenUpdate" => (_, _, s) => { s.update(1); s.remove(); s.update(2); null }
      case "mwsRemoveMissing" => (k, _, s) => { val there = s.exists; s.remove(); (k, there) }
      case "mwsUpdateOnTimeout" => (k, _, s) => { s.update(1); k }
    }
  }

  def timedMapping(spec: String): (Time, Any, Option[Any], State[Any]) => Option[Any] = {
    spec match {
      case "mwsAdvKeyTime" => (t, k, v, s) => { kept(v, s); Some((k, t.milliseconds)) }
      case "mwsAdvOnlyTimeout" => (t, k, v, s) => if (s.isTimingOut) Some((k, t.milliseconds)) else { kept(v, s); None }
      case "mwsAdvEvenSums" => (_, k, v, s) => { val n = kept(v, s); if (parity(n) == "even") Some((k, n)) else None }
      case "mwsAdvNone" => (_, _, v, s) => { s.update(v.get); None }
    }
  }
}
