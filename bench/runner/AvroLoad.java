import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flume.Event;
import org.apache.flume.api.RpcClient;
import org.apache.flume.api.RpcClientFactory;
import org.apache.flume.event.EventBuilder;

/**
 * AvroLoad PORT WARM_UP EVENTS BATCH CONNECTIONS none|deflate: loads an Avro source on 127.0.0.1 with Flume's own client, one thread and one
 * request at a time for each connection, bodies of 133 bytes. Prints "begun" after the warm-up and "done SECONDS" after the rest. Exit code 1
 * when a batch was not taken.
 */
public class AvroLoad {
  private static final int BODY_BYTES = 133;

  public static void main(String[] args) throws Exception {
    int port = Integer.parseInt(args[0]);
    long warmUp = Long.parseLong(args[1]);
    long events = Long.parseLong(args[2]);
    int batch = Integer.parseInt(args[3]);
    List<RpcClient> clients = new ArrayList<>();
    for (int i = 0; i < Integer.parseInt(args[4]); i++) clients.add(client(port, batch, args[5]));
    send(clients, warmUp, batch);
    System.out.println("begun");
    long begun = System.nanoTime();
    send(clients, events, batch);
    System.out.println("done " + (System.nanoTime() - begun) / 1e9);
    for (RpcClient client : clients) client.close();
    System.exit(0);
  }

  private static RpcClient client(int port, int batch, String compression) {
    Properties properties = new Properties();
    properties.setProperty("client.type", "default");
    properties.setProperty("hosts", "h1");
    properties.setProperty("hosts.h1", "127.0.0.1:" + port);
    properties.setProperty("batch-size", "" + batch);
    if (!compression.equals("none")) {
      properties.setProperty("compression-type", compression);
      properties.setProperty("compression-level", "6");
    }
    return RpcClientFactory.getInstance(properties);
  }

  private static void send(List<RpcClient> clients, long events, int batch) throws Exception {
    AtomicLong left = new AtomicLong(events);
    CountDownLatch done = new CountDownLatch(clients.size());
    for (int i = 0; i < clients.size(); i++) {
      RpcClient client = clients.get(i);
      List<Event> bodies = bodies(batch, i);
      new Thread(() -> {
        try {
          for (long rest = left.getAndAdd(-batch); rest > 0; rest = left.getAndAdd(-batch)) {
            client.appendBatch(rest < batch ? bodies.subList(0, (int) rest) : bodies);
          }
          done.countDown();
        } catch (Throwable problem) {
          problem.printStackTrace();
          System.exit(1);
        }
      }).start();
    }
    done.await();
  }

  private static List<Event> bodies(int count, int seed) {
    Random random = new Random(seed);
    List<Event> events = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      StringBuilder line = new StringBuilder();
      line.append("10.").append(random.nextInt(256)).append('.').append(random.nextInt(256)).append('.').append(random.nextInt(256));
      line.append(" - - [17/May/2015:10:05:").append(10 + random.nextInt(50)).append(" +0000] \"GET /presentations/slides/");
      line.append(random.nextInt(100000)).append(" HTTP/1.1\" 200 ").append(random.nextInt(100000)).append(" \"-\" \"Mozilla/5.0 (X11)\"");
      while (line.length() < BODY_BYTES) line.append('x');
      events.add(EventBuilder.withBody(line.substring(0, BODY_BYTES).getBytes(StandardCharsets.US_ASCII)));
    }
    return events;
  }
}
