import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * FindByJava: for each line of its input, a regular expression and texts as hexadecimal UTF-16, a line of what Java makes of them: "E reason", or
 * for each text "|" and its matches, each ";from,to" and ",from,to" of every group (-1,-1: took no part). "broken": Java
 * itself fails, as it does with some intersections.
 */
public class FindByJava {
  public static void main(String[] arguments) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    StringBuilder out = new StringBuilder();
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ");
      try {
        Pattern pattern = Pattern.compile(text(words[0]));
        for (int at = 1; at < words.length; at++) {
          out.append('|');
          Matcher matcher = pattern.matcher(text(words[at]));
          while (matcher.find()) {
            for (int group = 0; group <= matcher.groupCount(); group++) {
              out.append(group == 0 ? ';' : ',').append(matcher.start(group)).append(',').append(matcher.end(group));
            }
          }
        }
      } catch (PatternSyntaxException refused) {
        out.append("E ").append(refused.getDescription().replaceAll("[\\n\\r]", " ")).append(" near index ").append(refused.getIndex());
      } catch (NullPointerException | StackOverflowError broken) {
        out.append("broken");
      }
      out.append('\n');
    }
    System.out.print(out);
  }

  /** "-" is the empty text. */
  static String text(String hex) {
    StringBuilder text = new StringBuilder();
    for (int at = 0; at + 4 <= hex.length(); at += 4) text.append((char) Integer.parseInt(hex.substring(at, at + 4), 16));
    return text.toString();
  }
}
