// A pipeline of its own within an agent of many: what it is, what lies there before, and what happens while it runs. In its texts @N@ is its number,
// @WORK@ and @OUT@ are folders of its own, @PORT@ a free port.

export type Action =
  | { readonly do: 'write'; readonly path: string; readonly bytes: Buffer; readonly mtime?: number }
  | { readonly do: 'append'; readonly path: string; readonly bytes: Buffer }
  | { readonly do: 'rename'; readonly from: string; readonly to: string }
  | { readonly do: 'truncate'; readonly path: string; readonly length: number }
  | { readonly do: 'delete'; readonly path: string }
  /** A file as it is, where a pipeline has folders of its own in it. */
  | { readonly do: 'text'; readonly path: string; readonly text: string }
  | { readonly do: 'datagrams'; readonly datagrams: readonly Buffer[] }
  /** An entry of a taildir position file, with the inode of the file. */
  | {
      readonly do: 'position'
      readonly path: string
      readonly entries: readonly { readonly of: string; readonly pos: number; readonly file: string }[]
    }

export interface Pipeline {
  readonly kind: string
  /** Its properties without the agent's name. */
  readonly lines: readonly string[]
  readonly sources: readonly string[]
  readonly channels: readonly string[]
  readonly sinks: readonly string[]
  readonly sinkgroups?: readonly string[]
  /** Below its own folders; those of sinks are there. */
  readonly folders: readonly string[]
  readonly before: readonly Action[]
  /** Each is done when nothing comes any more of what was before it. */
  readonly stages: readonly (readonly Action[])[]
  /** The order of events is fixed at the first stage; later ones see files in an order of their own. */
  readonly ordered: boolean
  /** Whether the folder that it works in is compared too. */
  readonly comparesWork: boolean
  /** Whether it matters which folder an event is in. */
  readonly byFolder?: boolean
  /** What is compared of the folder of its sinks, instead of its lines. */
  readonly shows?: { readonly names: (folder: string) => string; readonly contents: (folder: string) => string }
  /** What the sink writes. */
  readonly format?: 'avro'
}

/** A channel and a file_roll sink that shows headers, for the source r@N@. */
export function withFileSink(
  source: readonly string[],
  sink: readonly string[] = [],
): Pick<Pipeline, 'lines' | 'sources' | 'channels' | 'sinks'> {
  return {
    sources: ['r@N@'],
    channels: ['c@N@'],
    sinks: ['k@N@'],
    lines: [
      ...source.map((line) => `sources.r@N@.${line}`),
      'sources.r@N@.channels = c@N@',
      'channels.c@N@.type = memory',
      'channels.c@N@.capacity = 10000',
      'channels.c@N@.transactionCapacity = 1000',
      'sinks.k@N@.type = file_roll',
      'sinks.k@N@.channel = c@N@',
      'sinks.k@N@.sink.directory = @OUT@',
      ...(sink.length > 0 ? sink : ['sink.rollInterval = 0', 'sink.serializer = HEADER_AND_TEXT']).map((line) => `sinks.k@N@.${line}`),
    ],
  }
}

/** A value as a .properties file has it: backslashes and blanks at the beginning stay, other characters are escaped. */
export function written(value: string): string {
  return value
    .replaceAll('\\', '\\\\')
    .replace(/^ /, '\\ ')
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t')
    .replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
