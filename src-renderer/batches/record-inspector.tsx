// The chosen record in full: where it came from, down to the line of a log, and what became of it.
import type { BatchRecord } from '../../src-shared/contract/streams.ts'
import { engine } from '../rpc/connection.ts'
import { doing } from '../shell/doing.ts'
import { revealPlace } from '../shell/reveal.ts'
import { hashOf, type Route } from '../shell/routes.ts'
import { openTab } from '../shell/tabs.ts'
import { Button } from '../ui/button.tsx'
import { Block, Facts } from '../ui/details.tsx'
import { baseName, formatCount } from '../ui/format.ts'
import type { Chosen, Lit } from './chosen-record.ts'
import { type SampleAt, sampleAt } from './lineage.ts'

export interface RecordInspectorProps {
  record: BatchRecord
  chosen: Chosen
  lit: Lit
  onChoose: (chosen: Chosen) => void
}

export function RecordInspector({ record, chosen, lit, onChoose }: RecordInspectorProps) {
  const { origin } = chosen.record
  const openLog = async (): Promise<void> => {
    if (origin?.path === undefined) return
    const { path, fileId, offset = 0 } = origin
    const place = await doing('The line could not be shown', () =>
      engine.logs.openAt({ path, offset, ...(fileId !== undefined && { fileId }) }),
    )
    if (place === undefined) return
    const route: Route = { view: 'log', id: place.log.id }
    openTab(route)
    revealPlace.set({ hash: hashOf(route), line: place.line + 1 })
  }
  const list = (places: readonly SampleAt[]) => <Related record={record} places={places} onChoose={onChoose} />
  return (
    <>
      <Block title={chosen.title}>
        <p className="ui-whole selectable mono">{chosen.record.text}</p>
        {chosen.record.cut && <p className="muted">The record is longer; its first 4 KiB are kept.</p>}
      </Block>
      <Block title="Where it came from" side={origin?.path !== undefined && <Button onClick={() => void openLog()}>Open log</Button>}>
        {origin !== undefined && (
          <Facts
            facts={[
              origin.path !== undefined && { name: 'file', value: origin.path, mono: true },
              origin.offset !== undefined && { name: 'byte', value: formatCount(origin.offset), title: 'Where it begins in the file' },
              origin.channel !== undefined && { name: 'channel', value: baseName(origin.channel) },
              origin.ordinal !== undefined && { name: 'ordinal', value: formatCount(origin.ordinal) },
            ]}
          />
        )}
        {list(lit.madeOf)}
        {origin === undefined && <p className="muted related-note">{withoutOrigin(record, chosen, lit)}</p>}
      </Block>
      {chosen.at !== undefined && (
        <Block title="What became of it">
          {list(lit.becameOf)}
          {lit.becameOf.length === 0 && <p className="muted">{nothingOf(record, chosen.at)}</p>}
        </Block>
      )}
    </>
  )
}

function Related({ record, places, onChoose }: { record: BatchRecord; places: readonly SampleAt[]; onChoose: (chosen: Chosen) => void }) {
  return (
    <ul className="related">
      {places.map((at) => {
        const sample = sampleAt(record.operators, at)
        const operation = record.operators.find((each) => each.id === at.operator)?.operation ?? ''
        return (
          sample !== undefined && (
            <li key={`${at.operator}.${at.sample}`}>
              <button
                type="button"
                className="related-record"
                onClick={() => onChoose({ record: sample, title: `Record out of ${operation}`, at })}
              >
                <span className="related-operator">{operation}</span>
                <span className="mono ellipsis">{sample.text}</span>
              </button>
            </li>
          )
        )
      })}
    </ul>
  )
}

function withoutOrigin(record: BatchRecord, { at, record: sample }: Chosen, lit: Lit): string {
  const operator = record.operators.find((each) => each.id === at?.operator)
  if (operator?.combinesByKey === true && sample.key !== undefined) {
    const kept = lit.madeOf.length > 0 ? 'those among the first that were kept are above' : 'none of them is among the first that were kept'
    return `It was made of all records with the key ${sample.key}: ${kept}.`
  }
  const input = record.inputs.find((each) => each.operator === at?.operator)
  if (input !== undefined) return `${input.name} brought it, and does not say from where.`
  if (lit.madeOf.length > 0) return ''
  return 'It was made of more than one record, or by the program itself.'
}

/** Says that a record was left out only where all that came out was kept. */
function nothingOf(record: BatchRecord, at: SampleAt): string {
  const next = record.operators.filter((each) => each.parents.includes(at.operator))
  if (next.length === 0) return 'It went to the outputs as it is.'
  const dropped = next.find((each) => selecting.has(each.operation) && each.samplesOut.length === each.recordsOut)
  if (dropped !== undefined && next.length === 1) return `${dropped.operation} left it out.`
  return `Nothing that was made of it is among the first records kept of ${next.map(({ operation }) => operation).join(' and ')}.`
}

const selecting: ReadonlySet<string> = new Set(['filter', 'where', 'flatMap', 'parse'])
