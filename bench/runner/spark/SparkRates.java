import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.streaming.Durations;
import org.apache.spark.streaming.api.java.JavaDStream;
import org.apache.spark.streaming.api.java.JavaStreamingContext;
import org.apache.spark.streaming.scheduler.StreamingListener;
import org.apache.spark.streaming.scheduler.StreamingListenerBatchCompleted;
import scala.Tuple2;

/** `SparkRates wordcount|filter-count LINES BATCHES`: batches of one cached RDD of a file's lines on local[2]; prints the ms that each was processed. */
public final class SparkRates {
  public static void main(String[] args) throws Exception {
    String file = args[1];
    int batches = Integer.parseInt(args[2]);
    SparkConf conf = new SparkConf().setMaster("local[2]").setAppName("bench").set("spark.ui.enabled", "false")
        .set("spark.driver.host", "localhost").set("spark.driver.bindAddress", "127.0.0.1");
    JavaSparkContext spark = new JavaSparkContext(conf);
    spark.setLogLevel("OFF");
    JavaRDD<String> lines = spark.parallelize(Arrays.asList(0, 1), 2).flatMap(half -> {
      List<String> all = Files.readAllLines(Paths.get(file), StandardCharsets.ISO_8859_1);
      int middle = all.size() / 2;
      return (half == 0 ? all.subList(0, middle) : all.subList(middle, all.size())).iterator();
    }).persist(StorageLevel.MEMORY_ONLY());
    lines.count();
    JavaStreamingContext context = new JavaStreamingContext(spark, Durations.seconds(1));
    Queue<JavaRDD<String>> queue = new LinkedList<>();
    for (int batch = 0; batch < batches; batch++) queue.add(lines);
    JavaDStream<String> in = context.queueStream(queue, true, spark.parallelize(new ArrayList<String>(), 1));
    if (args[0].equals("wordcount")) {
      in.flatMap(text -> Arrays.asList(text.split(" ")).iterator()).mapToPair(word -> new Tuple2<>(word, 1)).reduceByKey(Integer::sum)
          .foreachRDD(rdd -> { rdd.count(); });
    } else in.filter(text -> text.contains(" 404 ")).count().foreachRDD(rdd -> { rdd.collect(); });
    CountDownLatch done = new CountDownLatch(batches);
    context.ssc().addStreamingListener(new StreamingListener() {
      @Override
      public void onBatchCompleted(StreamingListenerBatchCompleted completed) {
        if (done.getCount() > 0) System.out.println(completed.batchInfo().processingDelay().get());
        done.countDown();
      }
    });
    context.start();
    done.await();
    System.exit(0);
  }
}
