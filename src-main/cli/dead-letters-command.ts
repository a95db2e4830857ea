// `millrace dead-letters`: the events that sinks set aside in files: which there are, why, and sending them again.
import { existsSync, readdirSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { Command } from 'commander'
import { type DeadLetterRecord, deadLettersIn } from '../agent/dead-letter/dead-letter-file.ts'
import { replayDeadLetters } from '../agent/dead-letter/replay-dead-letters.ts'
import { defaultWorkspace } from '../workspace/folders.ts'
import { hostName, portNumber } from './named-address.ts'
import { existingFolder, readableFile } from './named-path.ts'

export function deadLettersCommand(): Command {
  const command = new Command('dead-letters')
    .description('Events that sinks with maxRetries set aside in dead letter files: list the files, show why, send them again.')
    .helpOption('-h, --help', 'display help')
    .addHelpText('after', '\nExit codes: 0 done, 1 it failed, 2 wrong usage.')
  command
    .command('list')
    .description('Dead letter files below a folder that hold events; by default those of the workspace and of agents without --work-dir.')
    .argument('[folder]', 'folder to look in')
    .option('--json', 'as JSON')
    .action(async (folder: string | undefined, { json }: { json?: boolean }) => {
      const files = await Promise.all(deadLetterFiles(existingFolder(folder ?? defaultWorkspace(process.env))).map(summaryOf))
      print(
        json,
        files,
        files
          .map(
            (file) => `${file.file}  ${file.events} events of ${file.sinks.join(', ')}, the last ${file.last?.time}: ${file.last?.error}\n`,
          )
          .join(''),
      )
    })
  command
    .command('show')
    .description('The events of a file: when, which sink, how often it was tried, what failed, headers and body.')
    .argument('<file>', 'dead letter file')
    .option('--json', 'as the file has them, one JSON object a line')
    .action(async (file: string, { json }: { json?: boolean }) => {
      for await (const { line, record, text } of deadLettersIn(readableFile(file))) {
        if (record === undefined) process.stderr.write(`${file}:${line} is no record; it was cut short.\n`)
        else process.stdout.write(json === true ? `${text}\n` : shown(record))
      }
    })
  command
    .command('replay')
    .description('Sends the events of a file to an Avro source, with the headers they had, and removes the file once all are acknowledged.')
    .argument('<file>', 'dead letter file')
    .requiredOption('-H, --host <host>', 'host of the Avro source', hostName)
    .requiredOption('-p, --port <port>', 'its port', portNumber)
    .action(async (file: string, { host, port }: { host: string; port: number }) => {
      if (existsSync(file)) readableFile(file)
      const { sent, unreadable } = await replayDeadLetters(resolve(file), host, port)
      for (const { lines, file: aside } of unreadable) process.stderr.write(`${lines} lines are no records and lie in ${aside}.\n`)
      process.stdout.write(`${sent} events sent and acknowledged.\n`)
    })
  return command
}

function deadLetterFiles(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && basename(entry.parentPath) === 'dead-letters' && /\.jsonl(?:\.replaying)?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

interface DeadLetterSummary {
  readonly file: string
  readonly events: number
  readonly sinks: readonly string[]
  readonly last: { readonly time: string; readonly error: string } | undefined
}

async function summaryOf(file: string): Promise<DeadLetterSummary> {
  let events = 0
  let last: DeadLetterRecord | undefined
  const sinks = new Set<string>()
  for await (const { record } of deadLettersIn(file)) {
    if (record === undefined) continue
    events += 1
    sinks.add(record.sink)
    last = record
  }
  return { file, events, sinks: [...sinks], last: last && { time: last.time, error: last.error } }
}

function shown({ time, sink, attempts, error, headers, body, bodyBase64 }: DeadLetterRecord): string {
  const pairs = Object.entries(headers).map(([name, value]) => `${name}=${value}`)
  const text = body === undefined ? `(base64) ${bodyBase64}` : JSON.stringify(body)
  return `${time}  ${sink}  ${attempts} attempts: ${error}\n  headers  ${pairs.join(' ')}\n  body     ${text}\n`
}

function print(json: boolean | undefined, value: unknown, text: string): void {
  process.stdout.write(json === true ? `${JSON.stringify(value, null, 2)}\n` : text)
}
