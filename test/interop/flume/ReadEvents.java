import java.io.File;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;

/** ReadEvents FILE…: prints what Java Avro reads in containers of events, a line each: the body, then header names and values, in base64. */
public class ReadEvents {
  public static void main(String[] files) throws Exception {
    StringBuilder out = new StringBuilder();
    for (String file : files) {
      try (DataFileReader<GenericRecord> reader = new DataFileReader<>(new File(file), new GenericDatumReader<>())) {
        for (GenericRecord event : reader) {
          ByteBuffer body = (ByteBuffer) event.get("body");
          byte[] bytes = new byte[body.remaining()];
          body.get(bytes);
          out.append(text(bytes));
          Map<String, String> sorted = new TreeMap<>();
          ((Map<?, ?>) event.get("headers")).forEach((name, value) -> sorted.put(name.toString(), value.toString()));
          sorted.forEach((name, value) -> out.append(' ').append(text(name)).append(' ').append(text(value)));
          out.append('\n');
        }
      }
    }
    System.out.print(out);
  }

  static String text(String value) {
    return text(value.getBytes(StandardCharsets.UTF_8));
  }

  /** '=' for no bytes, so that every field is a word. */
  static String text(byte[] bytes) {
    return bytes.length == 0 ? "=" : Base64.getEncoder().encodeToString(bytes);
  }
}
