import java.io.FileInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.flume.Event;
import org.apache.flume.api.RpcClient;
import org.apache.flume.api.RpcClientFactory;
import org.apache.flume.event.EventBuilder;

/** SendEvents PROPERTIES COUNT: sends the events of test/interop/sample-events.ts by Flume's own RPC client. */
public class SendEvents {
  public static void main(String[] arguments) throws Exception {
    Properties properties = new Properties();
    try (InputStream in = new FileInputStream(arguments[0])) {
      properties.load(in);
    }
    int count = Integer.parseInt(arguments[1]);
    RpcClient client = RpcClientFactory.getInstance(properties);
    List<Event> batch = new ArrayList<>();
    for (int index = 0; index < count; index++) {
      batch.add(event(index));
      if (batch.size() == 1000 || index == count - 1) {
        client.appendBatch(batch);
        batch.clear();
      }
    }
    client.close();
    System.out.println("sent " + count);
    System.exit(0);
  }

  static Event event(int index) {
    Map<String, String> headers = new HashMap<>();
    headers.put("index", Integer.toString(index));
    if (index % 2 == 0) headers.put("ümläut", "€ 😀");
    if (index % 7 == 0) headers.put("empty", "");
    return EventBuilder.withBody(body(index), headers);
  }

  static byte[] body(int index) {
    switch (index % 4) {
      case 0: return new byte[0];
      case 1: return ("Grüße " + index + " 漢字").getBytes(StandardCharsets.UTF_8);
      case 2: {
        byte[] bytes = new byte[index % 300];
        for (int at = 0; at < bytes.length; at++) bytes[at] = (byte) (at * 31 + index);
        return bytes;
      }
      default: return ("line " + index).getBytes(StandardCharsets.UTF_8);
    }
  }
}
