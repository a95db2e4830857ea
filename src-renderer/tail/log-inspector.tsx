// The current line in full: where it lies, its whole text, and its fields when it is JSON.
import { useEffect, useState } from 'react'
import { asMillraceError } from '../../src-shared/contract/client.ts'
import type { LogRow } from '../../src-shared/contract/rows-frame.ts'
import { connection, engine } from '../rpc/connection.ts'
import { Button } from '../ui/button.tsx'
import { Block, Facts } from '../ui/details.tsx'
import { formatBytes, formatCount } from '../ui/format.ts'
import { decodeRow, levelOf, piecesOf } from './row-text.ts'

// What one look at a line loads; the button loads as much again.
const stepBytes = 64 * 1024

export function LogInspector({ id, generation, row }: { id: string; generation: number; row: LogRow }) {
  const [wanted, setWanted] = useState(stepBytes)
  const [long, setLong] = useState<{ line: number; bytes: Uint8Array }>()
  const [trouble, setTrouble] = useState<string>()
  const cut = row.length > row.bytes.length

  useEffect(() => setWanted(stepBytes), [])
  useEffect(() => {
    if (!cut) return
    let left = false
    const load = async (): Promise<void> => {
      const parts: Uint8Array[] = []
      const transfer = connection.openTransfer((payload) => void parts.push(payload.slice()))
      try {
        await engine.logs.lineBytes({ id, generation, line: row.line, from: 0, length: Math.min(wanted, row.length), bulk: transfer.bulk })
        await transfer.ended
        if (!left) setLong({ line: row.line, bytes: joined(parts) })
      } catch (thrown) {
        if (!left) setTrouble(asMillraceError(thrown).message)
      } finally {
        transfer.cancel()
      }
    }
    void load()
    return () => {
      left = true
    }
  }, [id, generation, row, cut, wanted])

  const bytes = cut && long?.line === row.line ? long.bytes : row.bytes
  const text = decodeRow(bytes)
  const fields = cut ? undefined : jsonFields(text)
  return (
    <>
      <Block
        title={`Line ${formatCount(row.line + 1)}`}
        side={
          <Button look="quiet" onClick={() => void navigator.clipboard.writeText(text)}>
            Copy
          </Button>
        }
      >
        <Facts
          facts={[
            { name: 'level', value: levelOf(text) ?? 'none seen' },
            { name: 'length', value: formatBytes(row.length), title: `${formatCount(row.length)} bytes` },
            { name: 'offset', value: formatCount(row.offset), title: 'Byte in the file where the line begins' },
          ]}
        />
      </Block>
      {fields !== undefined && (
        <Block title="Fields">
          <Facts facts={fields.map(([name, value]) => ({ name, value, mono: true }))} />
        </Block>
      )}
      <Block title="Text">
        <p className="ui-whole selectable mono">
          {piecesOf(text).map((piece, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: pieces of a fixed text have no other name
            <span key={index} className={piece.look}>
              {piece.text}
            </span>
          ))}
        </p>
        {trouble !== undefined && <p className="log-search-trouble">{trouble}</p>}
        {bytes.length < row.length && (
          <p className="log-more">
            <span className="muted">
              {formatBytes(bytes.length)} of {formatBytes(row.length)}
            </span>{' '}
            <Button onClick={() => setWanted(wanted * 4)}>Show more</Button>
          </p>
        )}
      </Block>
    </>
  )
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

function jsonFields(text: string): [string, string][] | undefined {
  if (!text.trimStart().startsWith('{')) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null
      ? Object.entries(value).map(([name, each]) => [name, typeof each === 'string' ? each : JSON.stringify(each)])
      : undefined
  } catch {
    return undefined
  }
}
