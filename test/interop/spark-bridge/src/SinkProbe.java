import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.avro.ipc.CallFuture;
import org.apache.avro.ipc.NettyTransceiver;
import org.apache.avro.ipc.specific.SpecificRequestor;
import org.apache.spark.streaming.flume.sink.EventBatch;
import org.apache.spark.streaming.flume.sink.SparkFlumeProtocol;
import org.apache.spark.streaming.flume.sink.SparkSinkEvent;

/**
 * SinkProbe HOST PORT COMMAND...: a scripted client of SparkFlumeProtocol on Avro's own NettyTransceiver, with the sink jar's classes.
 * Prints a line per answer: what it was, and the bodies of the events.
 *   get:N     getEventBatch(N), and waits for it
 *   start:N   getEventBatch(N) without waiting; `wait` collects those, in the order they were sent
 *   ack:I nack:I   of the I-th batch that was received, from 0; ack:TEXT of a sequence number that was never given
 *   reconnect      on a connection of its own
 *   sleep:MS
 */
public class SinkProbe {
  static NettyTransceiver transceiver;
  static SparkFlumeProtocol.Callback client;
  static final List<String> received = new ArrayList<>();
  static final List<CallFuture<EventBatch>> waiting = new ArrayList<>();

  public static void main(String[] arguments) throws Exception {
    InetSocketAddress address = new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1]));
    connect(address);
    for (int at = 2; at < arguments.length; at++) {
      String[] words = arguments[at].split(":", 2);
      String argument = words.length > 1 ? words[1] : "";
      switch (words[0]) {
        case "get":
          print(client.getEventBatch(Integer.parseInt(argument)));
          break;
        case "start":
          CallFuture<EventBatch> future = new CallFuture<>();
          client.getEventBatch(Integer.parseInt(argument), future);
          waiting.add(future);
          break;
        case "wait":
          for (CallFuture<EventBatch> each : waiting) print(each.get(60, TimeUnit.SECONDS));
          waiting.clear();
          break;
        case "ack":
          System.out.println("ack " + client.ack(sequenceNumber(argument)));
          break;
        case "nack":
          System.out.println("nack " + client.nack(sequenceNumber(argument)));
          break;
        case "reconnect":
          transceiver.close();
          connect(address);
          break;
        case "sleep":
          Thread.sleep(Long.parseLong(argument));
          break;
        default:
          throw new IllegalArgumentException(arguments[at]);
      }
    }
    transceiver.close();
    System.exit(0);
  }

  static void connect(InetSocketAddress address) throws Exception {
    transceiver = new NettyTransceiver(address);
    client = SpecificRequestor.getClient(SparkFlumeProtocol.Callback.class, transceiver);
  }

  static String sequenceNumber(String argument) {
    return argument.matches("\\d+") ? received.get(Integer.parseInt(argument)) : argument;
  }

  static void print(EventBatch batch) {
    StringBuilder line = new StringBuilder();
    if (batch.getErrorMsg().length() == 0) received.add(batch.getSequenceNumber().toString());
    else line.append("error ").append(batch.getErrorMsg()).append(' ');
    line.append("batch");
    for (SparkSinkEvent event : batch.getEvents()) {
      ByteBuffer body = event.getBody().duplicate();
      byte[] bytes = new byte[body.remaining()];
      body.get(bytes);
      line.append(' ').append(new String(bytes, StandardCharsets.UTF_8));
    }
    System.out.println(line);
  }
}
