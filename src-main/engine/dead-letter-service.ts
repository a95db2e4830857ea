// The dead letter files of the workspace's sinks, for the contract's `deadLetters` area. An id is `<pipeline>/<agent>.sinks.<name>`.
import { stat } from 'node:fs/promises'
import type { CutText, DeadLetterItem, DeadLetterPage, UnreadableLines } from '../../src-shared/contract/dead-letters.ts'
import { MillraceError } from '../../src-shared/errors.ts'
import { type DeadLetterRecord, deadLetterPath, eventOf } from '../agent/dead-letter/dead-letter-file.ts'
import { type PageLine, readDeadLetterPage } from '../agent/dead-letter/dead-letter-page.ts'
import { deadLetterParts, replayDeadLetters } from '../agent/dead-letter/replay-dead-letters.ts'
import type { PipelineService } from './pipeline/pipeline-service.ts'

const pageEvents = 25
/** What is shown of one text; a page stays below a few hundred kilobytes. */
const most = { bodyBytes: 4096, hexBytes: 512, error: 2000, header: 300, headers: 30 }

export class DeadLetterService {
  readonly #pipelines: PipelineService
  /** Files that are being sent at this moment: two at once would send each event twice. */
  readonly #replaying = new Set<string>()

  constructor(pipelines: PipelineService) {
    this.#pipelines = pipelines
  }

  /** What an earlier replay left comes first, as the next replay sends it. `from` counts through both. */
  async page(id: string, from: number): Promise<DeadLetterPage> {
    const file = this.#fileOf(id)
    const parts = await sizedParts(file)
    const bytes = parts.reduce((sum, part) => sum + part.bytes, 0)
    const items: (DeadLetterItem | UnreadableLines)[] = []
    let begin = 0
    let next: number | undefined
    for (const [index, part] of parts.entries()) {
      const end = begin + part.bytes
      if (from < end || index === parts.length - 1) {
        const page = await readDeadLetterPage(part.path, Math.max(0, from - begin), pageEvents)
        items.push(...itemsOf(page.lines, begin))
        next = page.next === undefined ? (index < parts.length - 1 ? end : undefined) : begin + page.next
        break
      }
      begin = end
    }
    const holdsNone = from === 0 && next === undefined && !items.some(({ kind }) => kind === 'event')
    const whyNoReplay = this.#whyNoReplay(file, bytes, holdsNone)
    return { file, bytes, items, ...(next !== undefined && { next }), ...(whyNoReplay !== undefined && { whyNoReplay }) }
  }

  async replay(id: string, host: string, port: number): Promise<{ sent: number; sentence: string }> {
    const file = this.#fileOf(id)
    if (this.#replaying.has(file)) throw new MillraceError('BAD_ARGUMENT', underWay)
    this.#replaying.add(file)
    try {
      const { sent, unreadable } = await replayDeadLetters(file, host, port)
      const events = sent === 1 ? '1 event was' : `${sent} events were`
      const aside = unreadable.map(
        ({ lines, file: path }) => ` ${lines === 1 ? '1 line is' : `${lines} lines are`} no dead letter, now in ${path}.`,
      )
      return { sent, sentence: `${events} sent to ${host}:${port} and acknowledged.${aside.join('')}` }
    } finally {
      this.#replaying.delete(file)
    }
  }

  #whyNoReplay(file: string, bytes: number, holdsNone: boolean): string | undefined {
    if (this.#replaying.has(file)) return underWay
    if (bytes === 0) return 'Nothing is set aside.'
    return holdsNone ? `${file} holds no dead letter.` : undefined
  }

  /** As the running agent has it: the file of the pipeline may have been edited since. */
  #fileOf(id: string): string {
    for (const pipeline of this.#pipelines.all) {
      if (!id.startsWith(`${pipeline.id}/`)) continue
      const path = id.slice(pipeline.id.length + 1)
      const running = pipeline.agents.map(({ configuration }) => configuration)
      for (const { name, sinks } of [...running, ...pipeline.loaded.agents]) {
        const sink = sinks.find((each) => each.path === path)
        if (sink !== undefined) return deadLetterPath(sink.properties['deadLetter.file'], pipeline.agentFolder(name), sink.name)
      }
    }
    throw new MillraceError('NOT_FOUND', `There is no sink ${id} in this workspace.`)
  }
}

const underWay = 'They are being sent at this moment.'

async function sizedParts(file: string): Promise<readonly { readonly path: string; readonly bytes: number }[]> {
  return await Promise.all(deadLetterParts(file).map(async (path) => ({ path, bytes: (await stat(path)).size })))
}

/** Lines that are no records come as one item where they follow each other. */
function itemsOf(lines: readonly PageLine[], begin: number): (DeadLetterItem | UnreadableLines)[] {
  const items: (DeadLetterItem | UnreadableLines)[] = []
  for (const { at, bytes, record } of lines) {
    const last = items.at(-1)
    if (record !== undefined) items.push(itemOf(begin + at, record))
    else if (last?.kind === 'unreadable') items[items.length - 1] = { ...last, lines: last.lines + 1, bytes: last.bytes + bytes }
    else items.push({ kind: 'unreadable', at: begin + at, lines: 1, bytes })
  }
  return items
}

/** The file may have been written by hand: whatever stands there is shown as text. */
function itemOf(at: number, record: DeadLetterRecord): DeadLetterItem {
  const headers = Object.entries(record.headers)
  return {
    kind: 'event',
    at,
    time: cut(String(record.time), most.header).text,
    sink: cut(record.sink, most.header).text,
    channel: cut(String(record.channel), most.header).text,
    attempts: Number(record.attempts),
    error: cut(String(record.error), most.error),
    headers: headers
      .slice(0, most.headers)
      .map(([name, value]) => ({ name: cut(name, most.header), value: cut(String(value), most.header) })),
    moreHeaders: Math.max(0, headers.length - most.headers),
    body: bodyOf(record),
  }
}

function bodyOf(record: DeadLetterRecord): DeadLetterItem['body'] {
  const { body } = eventOf(record)
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length)
  const isText = record.bodyBase64 === undefined
  const shown = isText ? most.bodyBytes : most.hexBytes
  const part = bytes.subarray(0, shown)
  // A character that the cut went through is left out.
  const text = isText
    ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(part, { stream: true })
    : part.toString('hex').replace(/(..)(?!$)/g, '$1 ')
  return { form: isText ? 'text' : 'hex', text, ...(bytes.length > shown && { length: bytes.length }) }
}

function cut(text: string, length: number): CutText {
  return text.length <= length ? { text } : { text: text.slice(0, length).replace(/[\ud800-\udbff]$/, ''), length: text.length }
}
