#!/usr/bin/env bash
# Records cases from a real Spark 3.5: record.sh IN OUT. IN/{stream,print,rdd,errors}/*.json are cases without results.
# Runs everything in two virtual machines; what the two say differently is not written. Needs Java 17 and a folder of Spark's jars (SPARK_JARS).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
jars=${SPARK_JARS:?names the folder of jars of pyspark 3.5: pip install pyspark==3.5.9}
work=${RECORDER_WORK:-$(mktemp -d)}
mkdir -p "$work/classes"
if [ ! -e "$work/classes/.built" ] || [ -n "$(find "$here" -name '*.scala' -newer "$work/classes/.built")" ]; then
  java -cp "$jars/*" scala.tools.nsc.Main -nowarn -usejavacp -cp "$(ls "$jars"/*.jar | tr '\n' ':')" -d "$work/classes" "$here"/*.scala
  touch "$work/classes/.built"
fi
opens=
for package in java.lang java.lang.invoke java.lang.reflect java.io java.net java.nio java.util java.util.concurrent java.util.concurrent.atomic jdk.internal.ref sun.nio.ch sun.nio.cs sun.security.action sun.util.calendar; do
  opens="$opens --add-opens=java.base/$package=ALL-UNNAMED"
done
printf 'rootLogger.level = off\nrootLogger.appenderRef.none.ref = none\nappender.none.type = Console\nappender.none.name = none\nappender.none.target = SYSTEM_ERR\n' >"$work/log4j2.properties"
for round in 1 2; do
  rm -rf "$work/round$round"
  # shellcheck disable=SC2086
  java $opens -XX:+IgnoreUnrecognizedVMOptions -XX:TieredStopAtLevel=1 -Dfile.encoding=UTF-8 -Dlog4j.configurationFile="$work/log4j2.properties" \
    -cp "$work/classes:$jars/*" org.apache.spark.streaming.Harness "$1" "$work/round$round"
done
node "$here/agree.ts" "$work/round1" "$work/round2" "$2"
