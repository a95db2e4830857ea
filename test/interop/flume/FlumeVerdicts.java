import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.Writer;
import java.lang.reflect.Field;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.flume.Context;
import org.apache.flume.Sink;
import org.apache.flume.SinkProcessor;
import org.apache.flume.conf.ComponentConfiguration;
import org.apache.flume.conf.FlumeConfiguration;
import org.apache.flume.conf.FlumeConfiguration.AgentConfiguration;
import org.apache.flume.conf.FlumeConfigurationError;
import org.apache.flume.conf.sink.SinkConfiguration;
import org.apache.flume.conf.sink.SinkGroupConfiguration;
import org.apache.flume.conf.source.SourceConfiguration;
import org.apache.flume.node.ConfigurationSource;
import org.apache.flume.node.MaterializedConfiguration;
import org.apache.flume.node.UriConfigurationProvider;
import org.apache.flume.util.SSLUtil;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;

/**
 * FlumeVerdicts IN OUT: for each line {"agent": name, "bytes": base64} of a file what Flume makes of that configuration, in the shape of `expect` of the
 * cases of kind A, a line of JSON in ASCII. Nothing is started.
 */
public class FlumeVerdicts {
  private static final Gson gson = new GsonBuilder().disableHtmlEscaping().create();

  public static void main(String[] arguments) throws Exception {
    Configurator.setAllLevels("", Level.OFF);
    // As Application.main does.
    SSLUtil.initGlobalSSLParameters();
    try (BufferedReader in = Files.newBufferedReader(Paths.get(arguments[0]));
        Writer out = Files.newBufferedWriter(Paths.get(arguments[1]), StandardCharsets.US_ASCII)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        JsonObject asked = JsonParser.parseString(line).getAsJsonObject();
        byte[] bytes = Base64.getDecoder().decode(asked.get("bytes").getAsString());
        out.write(ascii(gson.toJson(verdict(asked.get("agent").getAsString(), bytes))));
        out.write('\n');
      }
    }
    // Channels and sources leave threads behind.
    System.exit(0);
  }

  private static Map<String, Object> verdict(String agent, byte[] bytes) {
    Map<String, Object> verdict = new TreeMap<>();
    try {
      FlumeConfiguration configuration = provider(agent, bytes).getFlumeConfiguration();
      verdict.put("valid", false);
      if (configuration != null) describe(configuration, agent, verdict);
    } catch (Throwable thrown) {
      verdict.clear();
      verdict.put("parseFailure", thrown.getClass().getName());
      verdict.put("parseFailureMessage", String.valueOf(thrown.getMessage()));
      return verdict;
    }
    Map<String, Object> instantiated = new TreeMap<>();
    try {
      MaterializedConfiguration materialized = provider(agent, bytes).getConfiguration();
      instantiated.put("channels", new TreeSet<>(materialized.getChannels().keySet()));
      instantiated.put("sources", new TreeSet<>(materialized.getSourceRunners().keySet()));
      Map<String, Object> runners = new TreeMap<>();
      materialized.getSinkRunners().forEach((name, runner) -> runners.put(name, processor(runner.getPolicy())));
      instantiated.put("sinkRunners", runners);
    } catch (Throwable thrown) {
      instantiated.put("fatal", thrown.getClass().getName());
      instantiated.put("fatalMessage", String.valueOf(thrown.getMessage()));
    }
    verdict.put("instantiated", instantiated);
    return verdict;
  }

  private static void describe(FlumeConfiguration configuration, String name, Map<String, Object> verdict) throws Exception {
    verdict.put("agents", new TreeSet<>(agentsOf(configuration)));
    List<Object> errors = new ArrayList<>();
    for (FlumeConfigurationError error : configuration.getConfigurationErrors()) {
      Map<String, Object> fields = new TreeMap<>();
      fields.put("component", error.getComponentName());
      fields.put("key", error.getKey());
      fields.put("type", error.getErrorType().name());
      fields.put("severity", error.getErrorOrWarning().name());
      errors.add(fields);
    }
    verdict.put("errors", errors);
    AgentConfiguration agent = configuration.getConfigurationFor(name);
    if (agent == null) return;
    verdict.put("valid", true);
    verdict.put("sources", new TreeSet<>(agent.getSourceSet()));
    verdict.put("channels", new TreeSet<>(agent.getChannelSet()));
    verdict.put("sinks", new TreeSet<>(agent.getSinkSet()));
    verdict.put("sinkgroups", new TreeSet<>(agent.getSinkgroupSet()));
    verdict.put("configfilters", new TreeSet<>(agent.getConfigFilterSet()));
    Map<String, Object> components = new TreeMap<>();
    components.put("sources", components(agent.getSourceSet(), agent.getSourceContext(), agent.getSourceConfigMap()));
    components.put("channels", components(agent.getChannelSet(), agent.getChannelContext(), agent.getChannelConfigMap()));
    components.put("sinks", components(agent.getSinkSet(), agent.getSinkContext(), agent.getSinkConfigMap()));
    Map<String, Object> groups = new TreeMap<>();
    for (String group : agent.getSinkgroupSet()) {
      SinkGroupConfiguration made = (SinkGroupConfiguration) agent.getSinkGroupConfigMap().get(group);
      Map<String, Object> fields = new TreeMap<>();
      fields.put("sinks", new TreeSet<>(made.getSinks()));
      fields.put("processor", new TreeMap<>(made.getProcessorContext().getParameters()));
      groups.put(group, fields);
    }
    components.put("sinkgroups", groups);
    verdict.put("components", components);
  }

  private static Map<String, Object> components(
      Collection<String> names, Map<String, Context> contexts, Map<String, ComponentConfiguration> made) {
    Map<String, Object> components = new TreeMap<>();
    for (String name : names) {
      ComponentConfiguration stub = made.get(name);
      if (stub == null) {
        components.put(name, Collections.singletonMap("params", new TreeMap<>(contexts.get(name).getParameters())));
        continue;
      }
      Map<String, String> fields = new TreeMap<>();
      fields.put("type", stub.getType());
      if (stub instanceof SourceConfiguration) fields.put("channels", String.join(" ", new TreeSet<>(((SourceConfiguration) stub).getChannels())));
      if (stub instanceof SinkConfiguration) fields.put("channel", ((SinkConfiguration) stub).getChannel());
      components.put(name, Collections.singletonMap("stub", fields));
    }
    return components;
  }

  private static Map<String, Object> processor(SinkProcessor processor) {
    Map<String, Object> fields = new TreeMap<>();
    fields.put("processor", processor.getClass().getSimpleName().replace("SinkProcessor", ""));
    TreeSet<String> sinks = new TreeSet<>();
    for (Class<?> type = processor.getClass(); type != null; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        Object value = valueOf(field, processor);
        if (value instanceof Sink) sinks.add(((Sink) value).getName());
        else if (value instanceof Collection || value instanceof Map) {
          Collection<?> held = value instanceof Map ? ((Map<?, ?>) value).values() : (Collection<?>) value;
          for (Object each : held) if (each instanceof Sink) sinks.add(((Sink) each).getName());
        }
      }
    }
    fields.put("sinks", sinks);
    return fields;
  }

  private static Object valueOf(Field field, Object of) {
    try {
      field.setAccessible(true);
      return field.get(of);
    } catch (IllegalAccessException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @SuppressWarnings("unchecked")
  private static Collection<String> agentsOf(FlumeConfiguration configuration) throws Exception {
    Field agents = FlumeConfiguration.class.getDeclaredField("agentConfigMap");
    agents.setAccessible(true);
    return ((Map<String, Object>) agents.get(configuration)).keySet();
  }

  private static UriConfigurationProvider provider(String agent, byte[] bytes) {
    ConfigurationSource source = new ConfigurationSource() {
      @Override
      public InputStream getInputStream() {
        return new ByteArrayInputStream(bytes);
      }

      @Override
      public String getUri() {
        return "memory:";
      }

      @Override
      public String getExtension() {
        return "properties";
      }
    };
    return new UriConfigurationProvider(agent, Collections.singletonList(source), null, null, 0);
  }

  private static String ascii(String json) {
    StringBuilder text = new StringBuilder();
    for (char each : json.toCharArray()) {
      if (each < 127) text.append(each);
      else text.append(String.format("\\u%04x", (int) each));
    }
    return text.toString();
  }
}
