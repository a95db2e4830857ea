// A tree with one tab stop: arrows move, right and left open and close, Enter opens what stands there, letters jump.
import { type KeyboardEvent, type ReactNode, useRef, useState } from 'react'
import './tree.css'

export interface TreeNode {
  readonly id: string
  readonly label: string
  readonly icon?: ReactNode
  /** Right-aligned, short: a count, a state mark. */
  readonly meta?: ReactNode
  readonly title?: string | undefined
  readonly children?: readonly TreeNode[]
  /** Buttons that appear on hover and focus. */
  readonly actions?: ReactNode
}

interface FlatRow {
  readonly node: TreeNode
  readonly depth: number
  readonly parent: string | undefined
}

export interface TreeProps {
  label: string
  nodes: readonly TreeNode[]
  /** Ids that are closed; everything else that has children is open. */
  closed: ReadonlySet<string>
  selected?: string | undefined
  onToggle: (id: string) => void
  onOpen: (id: string) => void
}

export function Tree({ label, nodes, closed, selected, onToggle, onOpen }: TreeProps) {
  const rows = flatten(nodes, closed)
  const [active, setActive] = useState<string>()
  const list = useRef<HTMLDivElement>(null)
  const current = rows.find((row) => row.node.id === active) ?? rows.find((row) => row.node.id === selected) ?? rows[0]

  const focus = (row: FlatRow | undefined): void => {
    if (row === undefined) return
    setActive(row.node.id)
    list.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(row.node.id)}"]`)?.focus()
  }

  const keyDown = (event: KeyboardEvent): void => {
    if (current === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    const at = rows.indexOf(current)
    const { node } = current
    const branch = node.children !== undefined
    switch (event.key) {
      case 'ArrowDown':
        focus(rows[at + 1])
        break
      case 'ArrowUp':
        focus(rows[at - 1])
        break
      case 'Home':
        focus(rows[0])
        break
      case 'End':
        focus(rows.at(-1))
        break
      case 'ArrowRight':
        if (branch && closed.has(node.id)) onToggle(node.id)
        else if (branch) focus(rows[at + 1])
        break
      case 'ArrowLeft':
        if (branch && !closed.has(node.id)) onToggle(node.id)
        else focus(rows.find((row) => row.node.id === current.parent))
        break
      case 'Enter':
      case ' ':
        onOpen(node.id)
        break
      default: {
        if (!/^\w$/.test(event.key)) return
        const letter = event.key.toLowerCase()
        focus([...rows.slice(at + 1), ...rows.slice(0, at + 1)].find((row) => row.node.label.toLowerCase().startsWith(letter)))
      }
    }
    event.preventDefault()
    event.stopPropagation()
  }

  return (
    <div ref={list} role="tree" aria-label={label} className="ui-tree" onKeyDown={keyDown}>
      {rows.map((row) => (
        <Item
          key={row.node.id}
          row={row}
          closed={closed.has(row.node.id)}
          selected={row.node.id === selected}
          current={row.node === current?.node}
          onFocus={() => setActive(row.node.id)}
          onOpen={() => onOpen(row.node.id)}
          onToggle={() => onToggle(row.node.id)}
        />
      ))}
    </div>
  )
}

interface ItemProps {
  row: FlatRow
  closed: boolean
  selected: boolean
  /** The tab stop. */
  current: boolean
  onFocus: () => void
  onOpen: () => void
  onToggle: () => void
}

function Item({ row: { node, depth }, closed, selected, current, onFocus, onOpen, onToggle }: ItemProps) {
  const branch = node.children !== undefined
  return (
    <div
      role="treeitem"
      data-id={node.id}
      aria-level={depth + 1}
      aria-selected={selected}
      aria-expanded={branch ? !closed : undefined}
      tabIndex={current ? 0 : -1}
      className="ui-tree-row"
      style={{ paddingLeft: 6 + depth * 14 }}
      title={node.title}
      onFocus={onFocus}
      onClick={onOpen}
    >
      <span
        className="ui-tree-twist"
        aria-hidden="true"
        onClick={(event) => {
          if (!branch) return
          event.stopPropagation()
          onToggle()
        }}
      >
        {branch ? (closed ? '▸' : '▾') : ''}
      </span>
      {node.icon}
      <span className="ellipsis grow">{node.label}</span>
      {node.actions !== undefined && <span className="ui-tree-actions">{node.actions}</span>}
      {node.meta !== undefined && <span className="ui-tree-meta">{node.meta}</span>}
    </div>
  )
}

function flatten(nodes: readonly TreeNode[], closed: ReadonlySet<string>, depth = 0, parent?: string): FlatRow[] {
  return nodes.flatMap((node) => [
    { node, depth, parent },
    ...(node.children !== undefined && !closed.has(node.id) ? flatten(node.children, closed, depth + 1, node.id) : []),
  ])
}
