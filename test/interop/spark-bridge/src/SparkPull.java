import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.SparkConf;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.streaming.Durations;
import org.apache.spark.streaming.api.java.JavaReceiverInputDStream;
import org.apache.spark.streaming.api.java.JavaStreamingContext;
import org.apache.spark.streaming.flume.FlumeUtils;
import org.apache.spark.streaming.flume.SparkFlumeEvent;

/** SparkPull HOST PORT: real Spark's FlumeUtils.createPollingStream; prints each event as a line of JSON, until it is killed. */
public class SparkPull {
  public static void main(String[] arguments) throws Exception {
    SparkConf conf = new SparkConf().setMaster("local[2]").setAppName("bridge").set("spark.ui.enabled", "false")
        .set("spark.driver.host", "127.0.0.1").set("spark.driver.bindAddress", "127.0.0.1");
    JavaStreamingContext context = new JavaStreamingContext(conf, Durations.milliseconds(500));
    InetSocketAddress[] addresses = {new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1]))};
    JavaReceiverInputDStream<SparkFlumeEvent> stream =
        FlumeUtils.createPollingStream(context, addresses, StorageLevel.MEMORY_ONLY(), 1000, 1);
    PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, "UTF-8");
    stream.foreachRDD(rdd -> {
      for (SparkFlumeEvent event : rdd.collect()) out.println(json(event));
      out.flush();
    });
    context.start();
    context.awaitTermination();
  }

  static String json(SparkFlumeEvent event) {
    StringBuilder text = new StringBuilder("{\"headers\":{");
    Map<String, String> headers = new TreeMap<>();
    for (Map.Entry<CharSequence, CharSequence> header : event.event().getHeaders().entrySet())
      headers.put(header.getKey().toString(), header.getValue().toString());
    String comma = "";
    for (Map.Entry<String, String> header : headers.entrySet()) {
      text.append(comma).append(quoted(header.getKey())).append(':').append(quoted(header.getValue()));
      comma = ",";
    }
    ByteBuffer body = event.event().getBody().duplicate();
    byte[] bytes = new byte[body.remaining()];
    body.get(bytes);
    return text.append("},\"body\":\"").append(Base64.getEncoder().encodeToString(bytes)).append("\"}").toString();
  }

  static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
