import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.*;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.*;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.io.*;
import org.apache.hadoop.io.compress.*;

/**
 * A NameNode with WebHDFS and a DataNode on loopback; args: folder, RPC port, HTTP port. Then commands on standard input, each answered by
 * lines and a line "END": `list DIR` the files below it, `read FILE` the events in it (base64 of each SequenceFile value with its key, or of
 * each line, decompressed by the ending of the name), `restart` the NameNode is stopped and started again, `stop` it is stopped, `start`.
 */
public class RealHdfs {
  private static FileSystem files;

  public static void main(String[] args) throws Exception {
    Configuration conf = new Configuration();
    conf.set("hdfs.minidfs.basedir", args[0]);
    conf.set("dfs.namenode.rpc-bind-host", "127.0.0.1");
    conf.set("dfs.namenode.http-bind-host", "127.0.0.1");
    conf.set("dfs.datanode.hostname", "127.0.0.1");
    conf.set("dfs.datanode.address", "127.0.0.1:0");
    conf.set("dfs.datanode.http.address", "127.0.0.1:0");
    conf.set("dfs.datanode.ipc.address", "127.0.0.1:0");
    conf.setBoolean("dfs.namenode.datanode.registration.ip-hostname-check", false);
    conf.set("dfs.client.block.write.replace-datanode-on-failure.policy", "NEVER");
    conf.setInt("dfs.replication", 1);
    MiniDFSCluster cluster = new MiniDFSCluster.Builder(conf).nameNodePort(Integer.parseInt(args[1]))
        .nameNodeHttpPort(Integer.parseInt(args[2])).numDataNodes(1).format(true).checkDataNodeAddrConfig(true).build();
    cluster.waitActive();
    files = cluster.getFileSystem();
    files.setPermission(new Path("/"), new FsPermission((short) 0777));
    System.out.println("READY");
    BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      String[] words = line.split(" ", 2);
      try {
        switch (words[0]) {
          case "list": list(new Path(words[1])); break;
          case "read": read(new Path(words[1]), conf); break;
          case "restart": cluster.restartNameNode(true); break;
          case "stop": cluster.shutdownNameNode(0); break;
          case "start": cluster.restartNameNode(0, true); break;
        }
      } catch (Exception e) {
        System.out.println("ERROR " + e);
      }
      System.out.println("END");
      System.out.flush();
    }
    System.exit(0);
  }

  private static void list(Path folder) throws IOException {
    RemoteIterator<LocatedFileStatus> all = files.listFiles(folder, true);
    while (all.hasNext()) System.out.println(all.next().getPath().toUri().getPath());
  }

  private static void read(Path file, Configuration conf) throws IOException {
    byte[] magic = new byte[3];
    try (FSDataInputStream in = files.open(file)) { in.readFully(0, magic); } catch (EOFException e) { return; }
    if (new String(magic, StandardCharsets.US_ASCII).equals("SEQ")) {
      try (SequenceFile.Reader reader = new SequenceFile.Reader(conf, SequenceFile.Reader.file(files.makeQualified(file)))) {
        LongWritable key = new LongWritable();
        boolean text = reader.getValueClass() == Text.class;
        BytesWritable bytes = new BytesWritable();
        Text string = new Text();
        while (reader.next(key, text ? string : bytes)) print(text ? string.copyBytes() : bytes.copyBytes(), key.get() + " ");
      }
      return;
    }
    CompressionCodec codec = new CompressionCodecFactory(conf).getCodec(file);
    try (InputStream in = codec == null ? files.open(file) : codec.createInputStream(files.open(file))) {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int b = in.read(); b >= 0; b = in.read()) {
        if (b != '\n') { line.write(b); continue; }
        print(line.toByteArray(), "");
        line.reset();
      }
      if (line.size() > 0) print(line.toByteArray(), "CUT ");
    }
  }

  private static void print(byte[] bytes, String before) {
    System.out.println(before + Base64.getEncoder().encodeToString(bytes));
  }
}
