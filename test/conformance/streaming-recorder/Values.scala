// Values of the case format on the side of Spark: JSON to what a program computes with, and back.
package org.apache.spark.streaming

import com.fasterxml.jackson.databind.{JsonNode, ObjectMapper}
import com.fasterxml.jackson.databind.node.{ArrayNode, JsonNodeFactory, ObjectNode}
import scala.collection.JavaConverters._

object Values {
  val mapper = new ObjectMapper()
  val json: JsonNodeFactory = JsonNodeFactory.instance

  /** An array of two is a pair, any other a list; tagged objects are what their tag says. */
  def value(node: JsonNode): Any =
    if (node == null || node.isNull) null
    else if (node.isTextual) node.textValue
    else if (node.isBoolean) node.booleanValue
    else if (node.isInt) node.intValue
    else if (node.isLong) node.longValue
    else if (node.isNumber) node.doubleValue
    else if (node.isArray) {
      val items = node.elements.asScala.map(value).toList
      if (items.length == 2) (items.head, items(1)) else items
    } else {
      val tag = node.fieldNames.next()
      val content = node.get(tag)
      def items: List[Any] = content.elements.asScala.map(value).toList
      tag match {
        case "$list" => items
        case "$vector" => items.toVector
        case "$some" => Some(value(content))
        case "$none" => None
        case "$map" => content.elements.asScala.map(entry => value(entry.get(0)) -> value(entry.get(1))).toMap
        case "$tuple" => tuple(items)
        case "$double" => content.doubleValue
        case "$long" => content.longValue
        case "$char" => content.textValue.charAt(0)
        case "$unit" => ()
      }
    }

  private def tuple(items: List[Any]): Any = items match {
    case List(a, b) => (a, b)
    case List(a, b, c) => (a, b, c)
    case List(a, b, c, d) => (a, b, c, d)
    case List(a, b, c, d, e) => (a, b, c, d, e)
    case one => one
  }

  def result(value: Any): JsonNode = value match {
    case null | None | () => json.nullNode
    case Some(inner) => result(inner)
    case text: String => json.textNode(text)
    case char: Char => json.textNode(char.toString)
    case flag: Boolean => json.booleanNode(flag)
    case number: Int => json.numberNode(number)
    case number: Long => json.numberNode(number)
    case number: Double if number.isNaN || number.isInfinite => json.textNode(number.toString)
    case number: Double => json.numberNode(number)
    case time: Time => json.numberNode(time.milliseconds)
    case map: scala.collection.Map[_, _] => array(map.toSeq.map { case (key, item) => array(Seq(result(key), result(item))) })
    case items: Iterable[_] => array(items.toSeq.map(result))
    case items: Array[_] => array(items.toSeq.map(result))
    case tuple: Product => array(tuple.productIterator.toSeq.map(result))
  }

  def array(items: Seq[JsonNode]): ArrayNode = {
    val node = json.arrayNode
    items.foreach(node.add)
    node
  }

  def fields(items: (String, JsonNode)*): ObjectNode = {
    val node = json.objectNode
    for ((name, item) <- items) node.set[JsonNode](name, item)
    node
  }

  /** Numbers by value, texts by UTF-16 unit, pairs element by element, null first. */
  object Order extends Ordering[Any] {
    def compare(a: Any, b: Any): Int = (a, b) match {
      case (null, null) => 0
      case (null, _) => -1
      case (_, null) => 1
      case (x: String, y: String) => x.compareTo(y)
      case (x: Boolean, y: Boolean) => x.compareTo(y)
      case (x: Product, y: Product) =>
        x.productIterator.zip(y.productIterator).map { case (i, j) => compare(i, j) }.find(_ != 0).getOrElse(0)
      case (x: Double, y) => java.lang.Double.compare(x, y.asInstanceOf[Number].doubleValue)
      case (x, y: Double) => java.lang.Double.compare(x.asInstanceOf[Number].doubleValue, y)
      case (x: Number, y: Number) => x.longValue.compareTo(y.longValue)
    }
  }
}
