// Texts of pipelines that Millrace makes itself.
import { basename, dirname, extname } from 'node:path'

/** An agent's name from a file's: letters, digits, `_` and `-` only; Flume splits keys at dots. */
export function stemOf(path: string): string {
  const stem = basename(path, extname(path))
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^-+|-+$/g, '')
  return stem === '' ? 'pipeline' : stem
}

/** A value as it stands in a properties file: backslashes doubled. */
const value = (text: string): string => text.replaceAll('\\', '\\\\')

/** A path as the regular expression that means this file alone (taildir's last part is a pattern). */
const filePattern = (path: string): string => `${dirname(path)}/${basename(path).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`

/** `taildir → durable channel → file_roll` for one log. */
export function pipelineFromLog(options: { readonly log: string; readonly agent: string; readonly outFolder: string }): string {
  const { agent } = options
  return `# Tails ${options.log} into a durable channel and writes it out again.
# Made by Millrace; a real Flume can read it once the channel has a type of Flume's (file).
${agent}.sources = r1
${agent}.channels = c1
${agent}.sinks = k1

${agent}.sources.r1.type = TAILDIR
${agent}.sources.r1.filegroups = g1
${agent}.sources.r1.filegroups.g1 = ${value(filePattern(options.log))}
${agent}.sources.r1.fileHeader = true
${agent}.sources.r1.adaptiveBatch = true
${agent}.sources.r1.channels = c1

${agent}.channels.c1.type = sqlite

${agent}.sinks.k1.type = file_roll
${agent}.sinks.k1.sink.directory = ${value(options.outFolder)}
${agent}.sinks.k1.sink.rollInterval = 300
${agent}.sinks.k1.sink.adaptiveBatch = true
${agent}.sinks.k1.channel = c1
`
}

/** The beginning of a pipeline that someone is about to write. */
export function emptyPipeline(agent: string): string {
  return `# A Flume agent named ${agent}. Sources write to channels, sinks read from them.
${agent}.sources = r1
${agent}.channels = c1
${agent}.sinks = k1

${agent}.sources.r1.type = seq
${agent}.sources.r1.channels = c1

${agent}.channels.c1.type = sqlite

${agent}.sinks.k1.type = logger
${agent}.sinks.k1.channel = c1
`
}
