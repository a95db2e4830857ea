import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flume.Event;
import org.apache.flume.api.RpcClient;
import org.apache.flume.api.RpcClientFactory;
import org.apache.flume.event.EventBuilder;

/**
 * AvroLoad PORT,... WARM_UP EVENTS BATCH CONNECTIONS none|deflate: loads Avro sources on 127.0.0.1 with Flume's own client, one thread and one
 * request at a time for each connection, bodies of 133 bytes. Each source gets so many events, a slice of them at a time and by turns: one
 * virtual machine is a fifth faster or slower than the next, and no two stay as they are for long. Prints "begun" after the warm-up and "done
 * SECONDS ..." after the rest, for each source. Exit code 1 when a batch was not taken.
 */
public class AvroLoad {
  private static final int BODY_BYTES = 133;
  private static final int BATCHES_OF_A_SLICE = 25;

  private final List<List<RpcClient>> sources = new ArrayList<>();
  private final List<List<Event>> bodies = new ArrayList<>();
  private final ExecutorService threads;
  private final int batch;

  public static void main(String[] args) throws Exception {
    AvroLoad load = new AvroLoad(args[0].split(","), Integer.parseInt(args[3]), Integer.parseInt(args[4]), args[5]);
    load.send(Long.parseLong(args[1]));
    System.out.println("begun");
    StringBuilder done = new StringBuilder("done");
    for (long nanoseconds : load.send(Long.parseLong(args[2]))) done.append(' ').append(nanoseconds / 1e9);
    System.out.println(done);
    for (List<RpcClient> clients : load.sources) for (RpcClient client : clients) client.close();
    System.exit(0);
  }

  private AvroLoad(String[] ports, int batch, int connections, String compression) {
    this.batch = batch;
    threads = Executors.newFixedThreadPool(connections);
    for (int i = 0; i < connections; i++) bodies.add(bodies(batch, i));
    for (String port : ports) {
      List<RpcClient> clients = new ArrayList<>();
      for (int i = 0; i < connections; i++) clients.add(client(Integer.parseInt(port), batch, compression));
      sources.add(clients);
    }
  }

  /** Sends so many events to each source. Answers how long it took for each, in ns. */
  private long[] send(long events) throws Exception {
    long[] taken = new long[sources.size()];
    long slice = (long) BATCHES_OF_A_SLICE * batch * bodies.size();
    for (long sent = 0, turn = 0; sent < events; sent += slice, turn++) {
      for (int i = 0; i < taken.length; i++) {
        // There and back, so that none always comes after the same other.
        int source = turn % 2 == 0 ? i : taken.length - 1 - i;
        long begun = System.nanoTime();
        sendSlice(sources.get(source), Math.min(slice, events - sent));
        taken[source] += System.nanoTime() - begun;
      }
    }
    return taken;
  }

  private void sendSlice(List<RpcClient> clients, long events) throws Exception {
    AtomicLong left = new AtomicLong(events);
    List<Future<?>> sending = new ArrayList<>();
    for (int i = 0; i < clients.size(); i++) {
      RpcClient client = clients.get(i);
      List<Event> whole = bodies.get(i);
      sending.add(threads.submit(() -> {
        for (long rest = left.getAndAdd(-batch); rest > 0; rest = left.getAndAdd(-batch)) {
          client.appendBatch(rest < batch ? whole.subList(0, (int) rest) : whole);
        }
        return null;
      }));
    }
    for (Future<?> each : sending) each.get();
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
