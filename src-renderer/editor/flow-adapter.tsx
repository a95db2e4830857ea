// The one file that speaks xyflow's language: the pipeline's graph as its nodes and edges, and its events back in ours. Its words source
// and target mean the ends of a wire; Flume's mean components, and are meant everywhere else.
import {
  Background,
  BackgroundVariant,
  BaseEdge,
  type Edge,
  EdgeLabelRenderer,
  type EdgeProps,
  getBezierPath,
  Handle,
  type Node,
  type NodeProps,
  type OnNodesChange,
  ReactFlow,
  type ReactFlowInstance,
  Position as Side,
  useNodesState,
} from '@xyflow/react'
import '@xyflow/react/dist/base.css'
import { useEffect, useMemo, useRef } from 'react'
import type { ComponentSnapshot, GraphNode, GraphWire, PipelineGraph } from '../../src-shared/contract/pipelines.ts'
import type { Layout, Position } from '../../src-shared/pipeline/pipeline-document.ts'
import { formatRate } from '../ui/format.ts'
import { NodeCard } from './node-card.tsx'
import './canvas.css'

export interface WireLive {
  readonly eventsPerSecond: number
  readonly trouble?: string
}

export interface CanvasProps {
  graph: PipelineGraph
  components: ReadonlyMap<string, ComponentSnapshot>
  wires: ReadonlyMap<string, WireLive>
  /** Id of a node or a wire. */
  selected: string | undefined
  /** A new object asks to bring everything into view. */
  fit: object
  onSelect: (id: string | undefined) => void
  onOpen: (node: GraphNode) => void
  onMove: (positions: Layout) => void
  onTap: (wire: GraphWire) => void
  /** Undefined when a wire from one node to another may be drawn, else the sentence why not. */
  whyNot: (from: string, to: string) => string | undefined
  onConnect: (from: string, to: string) => void
  /** A wire was let go on a node that it may not go to. */
  onRefused: (reason: string) => void
  onDelete: (id: string) => void
  onAdd: (component: DraggedComponent, position: Position) => void
}

/** What is dragged from the component palette. */
export interface DraggedComponent {
  readonly kind: 'source' | 'channel' | 'sink'
  readonly type: string
}

export const componentMime = 'application/x-millrace-component'

type CardNode = Node<{ readonly node: GraphNode; readonly live: ComponentSnapshot | undefined }, 'card'>
type WireEdge = Edge<{ readonly wire: GraphWire; readonly live: WireLive | undefined; readonly onTap: (wire: GraphWire) => void }, 'wire'>

const nodeTypes = { card: Card }
const edgeTypes = { wire: Wire }
const fitOptions = { padding: 0.08, maxZoom: 1.1 }

export function Canvas(props: CanvasProps) {
  const { selected, fit, onSelect, onOpen, onMove, whyNot, onConnect, onRefused, onDelete, onAdd } = props
  const [nodes, onNodesChange] = useCards(props)
  const edges = useWires(props)
  const flow = useRef<ReactFlowInstance<CardNode, WireEdge>>(undefined)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the object asks anew each time
  useEffect(() => {
    void flow.current?.fitView(fitOptions)
  }, [fit])

  return (
    <ReactFlow<CardNode, WireEdge>
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      edgeTypes={edgeTypes}
      onNodesChange={(changes) => {
        // Selection is the view's: what keyboard or pointer chose here is told, and comes back as a property.
        for (const change of changes) if (change.type === 'select' && change.selected) onSelect(change.id)
        onNodesChange(changes.filter((change) => change.type !== 'select'))
      }}
      onInit={(instance) => {
        flow.current = instance
      }}
      fitView
      fitViewOptions={fitOptions}
      minZoom={0.25}
      maxZoom={2}
      deleteKeyCode={null}
      selectionKeyCode={null}
      multiSelectionKeyCode={null}
      proOptions={{ hideAttribution: true }}
      onEdgeClick={(_, edge) => onSelect(edge.id)}
      onPaneClick={() => onSelect(undefined)}
      onNodeDoubleClick={(_, node) => onOpen(node.data.node)}
      onNodeDragStop={(_, __, moved) => onMove(Object.fromEntries(moved.map((node) => [node.id, onGrid(node.position)])))}
      isValidConnection={({ source, target }) => whyNot(source, target) === undefined}
      onConnect={({ source, target }) => onConnect(source, target)}
      onConnectEnd={(_, { isValid, fromNode, toNode }) => {
        if (isValid === true || fromNode === null || toNode === null) return
        const reason = whyNot(fromNode.id, toNode.id)
        if (reason !== undefined) onRefused(reason)
      }}
      onKeyDown={(event) => {
        if ((event.key !== 'Delete' && event.key !== 'Backspace') || selected === undefined) return
        event.preventDefault()
        onDelete(selected)
      }}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes(componentMime)) return
        event.preventDefault()
        event.dataTransfer.dropEffect = 'copy'
      }}
      onDrop={(event) => {
        const text = event.dataTransfer.getData(componentMime)
        if (text === '' || flow.current === undefined) return
        event.preventDefault()
        const { x, y } = flow.current.screenToFlowPosition({ x: event.clientX, y: event.clientY })
        // The pointer holds the card near its middle.
        onAdd(JSON.parse(text) as DraggedComponent, onGrid({ x: x - 98, y: y - 40 }))
      }}
      aria-label="Canvas of the pipeline"
    >
      <Background variant={BackgroundVariant.Dots} gap={20} size={1} color="var(--border-strong)" />
    </ReactFlow>
  )
}

function onGrid({ x, y }: Position): Position {
  return { x: Math.round(x / 4) * 4, y: Math.round(y / 4) * 4 }
}

/** The graph's nodes as xyflow's. What xyflow itself knows of them stays: the measured size, and the place of one that is being dragged. */
function useCards({ graph, components, selected }: CanvasProps): [CardNode[], OnNodesChange<CardNode>] {
  const [nodes, setNodes, onNodesChange] = useNodesState<CardNode>([])
  useEffect(() => {
    setNodes((now) => {
      const known = new Map(now.map((node) => [node.id, node]))
      return graph.nodes.map((node): CardNode => {
        const { dragging = false, position, measured } = known.get(node.id) ?? {}
        return {
          id: node.id,
          type: 'card',
          position: dragging && position !== undefined ? position : { x: node.x, y: node.y },
          selected: node.id === selected,
          data: { node, live: components.get(node.id) },
          ariaLabel: `${node.kind} ${node.name}, ${node.type}`,
          ...(measured !== undefined && { measured }),
          ...(dragging && { dragging }),
        }
      })
    })
  }, [graph, components, selected, setNodes])
  return [nodes, onNodesChange]
}

function useWires({ graph, wires, selected, onTap }: CanvasProps): WireEdge[] {
  return useMemo(
    () =>
      graph.wires.map(
        (wire): WireEdge => ({
          id: wire.id,
          type: 'wire',
          source: wire.from,
          target: wire.to,
          selected: wire.id === selected,
          data: { wire, live: wires.get(wire.id), onTap },
          ariaLabel: `Wire ${wire.from} to ${wire.to}`,
        }),
      ),
    [graph, wires, selected, onTap],
  )
}

function Card({ data, selected }: NodeProps<CardNode>) {
  const { node, live } = data
  return (
    <>
      {node.kind !== 'source' && <Handle type="target" position={Side.Left} isConnectable={node.kind !== 'stream'} />}
      <NodeCard node={node} live={live} selected={selected} />
      {(node.kind === 'source' || node.kind === 'channel') && <Handle type="source" position={Side.Right} />}
    </>
  )
}

function Wire({ sourceX, sourceY, targetX, targetY, selected, data }: EdgeProps<WireEdge>) {
  const [path, labelX, labelY] = getBezierPath({
    sourceX,
    sourceY,
    sourcePosition: Side.Right,
    targetX,
    targetY,
    targetPosition: Side.Left,
  })
  const rate = data?.live?.eventsPerSecond ?? 0
  const trouble = data?.live?.trouble
  const look = trouble !== undefined ? 'failed' : rate > 0 ? 'flowing' : 'idle'
  return (
    <>
      <BaseEdge path={path} className={`wire wire-${look}`} data-selected={selected || undefined} interactionWidth={16} />
      <EdgeLabelRenderer>
        <button
          type="button"
          className="wire-label nodrag nopan"
          data-look={look}
          data-selected={selected || undefined}
          style={{ transform: `translate(-50%, -100%) translate(${labelX}px, ${labelY - 5}px)` }}
          title={trouble ?? 'Open a tap here: the events that pass'}
          onClick={() => data?.onTap(data.wire)}
        >
          {trouble === undefined ? formatRate(rate) : '✕'}
        </button>
      </EdgeLabelRenderer>
    </>
  )
}
