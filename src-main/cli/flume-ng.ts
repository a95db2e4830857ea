// What a person who knows `bin/flume-ng` may type: its deprecated and foreign commands, and the options that it takes for the JVM.

/** Commands of flume-ng, and of Flume before NG, that Millrace has not: what to do instead. */
const gone: Readonly<Record<string, string>> = {
  tool: 'The file channel is a log of Millrace’s own; `millrace channel check FOLDER` and `channel repair FOLDER` are its integrity tool.',
  password:
    'No password lies in a configuration: take it from the environment (${env:NAME}), from -Dname=value (${sys:name}), or from a configuration filter of type external.',
  master: 'Flume NG has no master: each agent reads its own file. millrace agent -n NAME -f FILE',
  node_nowatch: 'Flume NG has no logical nodes. millrace agent -n NAME -f FILE',
  shell: 'Flume NG has no master to talk to: change the file, a running agent reads it again.',
  class: 'Millrace loads no Java classes.',
  dump: 'millrace serve opens a log or a running pipeline in the browser.',
}

/** Answers an unknown first word as flume-ng does; undefined when it is no command of Flume’s. */
export function goneCommand(name: string): string | undefined {
  const instead = Object.hasOwn(gone, name) ? gone[name] : undefined
  return instead === undefined ? undefined : `Error: Unknown or unspecified command '${name}'\n${instead}\n`
}

const jvmOption = /^-(?:X|agentlib|agentpath|javaagent)/

/** Without what flume-ng hands to the JVM (-Xmx512m, -javaagent:…). */
export function withoutJvmOptions(args: readonly string[]): { readonly args: string[]; readonly ignored: readonly string[] } {
  return { args: args.filter((arg) => !jvmOption.test(arg)), ignored: args.filter((arg) => jvmOption.test(arg)) }
}
