// What may be connected to what on the canvas, and why not: sentences that stand beside the wire a person is drawing.
import type { PropertiesDocument } from '../flume/properties-document.ts'
import { addressOf, structureOf, wireId } from './pipeline-structure.ts'

export type ConnectionVerdict =
  | {
      readonly allowed: true
      /** The wire that gives way: a sink takes from one channel. */
      readonly replaces?: string
    }
  | { readonly allowed: false; readonly reason: string }

/** Whether a wire from one node to another may be drawn. */
export function mayConnect(document: PropertiesDocument, from: string, to: string): ConnectionVerdict {
  const refuse = (reason: string): ConnectionVerdict => ({ allowed: false, reason })
  const [start, end] = [addressOf(from), addressOf(to)]
  if (to.startsWith('stream:')) return refuse('A stream program names the channels that it reads; change it in the program.')
  if (start === undefined || end === undefined) return refuse('There is no such node.')
  const { nodes, wires } = structureOf(document)
  if (!nodes.some(({ id }) => id === from) || !nodes.some(({ id }) => id === to)) return refuse('There is no such node.')
  if (from === to) return refuse('A node is not connected to itself.')
  if (start.agent !== end.agent)
    return refuse(
      `${start.name} belongs to agent ${start.agent}, ${end.name} to ${end.agent}. Agents are connected by an avro sink and an avro source.`,
    )
  if (start.kind === 'source' && end.kind === 'sink')
    return refuse('An event goes through a channel: connect the source to a channel and the channel to the sink.')
  if (start.kind === 'source' && end.kind === 'source')
    return refuse('A source takes its events from outside. Two sources may write to one channel.')
  if (start.kind === 'sink') return refuse('A sink is the end of its pipeline. To go on, send to another agent with an avro sink.')
  if (start.kind === 'channel' && end.kind === 'source')
    return refuse('A source writes to a channel: draw the wire from the source to the channel.')
  if (start.kind === 'channel' && end.kind === 'channel') return refuse('Events leave a channel through a sink.')
  if (wires.some(({ id }) => id === wireId(from, to))) return refuse(`${start.name} and ${end.name} are connected already.`)
  const before = end.kind === 'sink' ? wires.find((wire) => wire.to === to) : undefined
  return { allowed: true, ...(before !== undefined && { replaces: before.id }) }
}
