// Command palette and quick open: one list under one field. The field keeps the focus; arrows move, Enter does it.
import { type KeyboardEvent, type ReactNode, useMemo, useState } from 'react'
import { useLive } from '../rpc/live.ts'
import { runCommand, useBoundCommands } from '../shell/command-registry.ts'
import { openPath } from '../shell/files.ts'
import { overlay } from '../shell/overlay.ts'
import { openTab } from '../shell/tabs.ts'
import { useChannels, useLogs, usePipelines, useStreams } from '../shell/titles.ts'
import { Dialog } from '../ui/dialog.tsx'
import { baseName } from '../ui/format.ts'
import { fuzzyMatch } from '../ui/fuzzy.ts'
import { Keys } from '../ui/keys.tsx'
import { viewIcon } from './view-icons.tsx'
import './palette.css'

interface Item {
  readonly key: string
  readonly title: string
  readonly detail?: string
  readonly words?: string
  readonly icon?: ReactNode
  readonly keys?: string | undefined
  readonly run: () => void
}

export function CommandPalette() {
  const items = useBoundCommands().map(
    (command): Item => ({
      key: command.id,
      title: command.title,
      detail: command.group,
      ...(command.words !== undefined && { words: command.words }),
      keys: command.keys?.[0],
      run: () => runCommand(command.id),
    }),
  )
  return <Palette title="Commands" placeholder="Type a command" items={items} />
}

export function QuickOpen() {
  const pipelines = usePipelines() ?? []
  const logs = useLogs() ?? []
  const streams = useStreams() ?? []
  const channels = useChannels() ?? []
  const recent = useLive('recent', (engine) => engine.workspace.recent()).value ?? []
  const open = new Set([...pipelines.map(({ file }) => file), ...logs.map(({ path }) => path), ...streams.map(({ file }) => file)])
  const items: Item[] = [
    ...pipelines.map(({ id, name, file }) => toTab('pipeline', id, name, file)),
    ...logs.map(({ id, name, path }) => toTab('log', id, name, path)),
    ...streams.flatMap(({ id, name, file }) => [toTab('stream', id, name, 'stream'), toTab('program', id, baseName(file), file)]),
    ...channels.map(({ id, name }) => toTab('channel', id, name, id)),
    ...recent
      .filter(({ path }) => !open.has(path))
      .map(({ path, kind }) => ({
        key: `recent ${path}`,
        title: baseName(path),
        detail: path,
        icon: viewIcon(kind),
        run: () => void openPath(path),
      })),
  ]
  return (
    <Palette
      title="Go to"
      placeholder="Go to a pipeline, log, stream or channel, or give the path of a file"
      items={items}
      other={(text) =>
        /[\\/]/.test(text) ? [{ key: 'path', title: `Open ${text}`, icon: viewIcon('log'), run: () => void openPath(text.trim()) }] : []
      }
    />
  )
}

function toTab(view: 'pipeline' | 'log' | 'stream' | 'program' | 'channel', id: string, title: string, detail: string): Item {
  return { key: `${view} ${id}`, title, detail, icon: viewIcon(view), run: () => openTab({ view, id }) }
}

interface PaletteProps {
  title: string
  placeholder: string
  items: readonly Item[]
  other?: (text: string) => readonly Item[]
}

function Palette({ title, placeholder, items, other }: PaletteProps) {
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState(0)
  const shown = useMemo(() => ranked(items, text).concat((other?.(text) ?? []).map((item) => ({ item, places: [] }))), [items, text, other])
  const at = Math.min(chosen, shown.length - 1)
  const close = (): void => overlay.set(undefined)
  const run = (item: Item | undefined): void => {
    if (item === undefined) return
    close()
    // After the dialog has given the focus back, so that what runs can move it.
    setTimeout(item.run)
  }
  const keyDown = (event: KeyboardEvent): void => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }
    const step = steps[event.key]
    if (step !== undefined)
      setChosen(
        Math.abs(step) === 1 ? (at + step + shown.length) % Math.max(1, shown.length) : Math.max(0, Math.min(shown.length - 1, at + step)),
      )
    else if (event.key === 'Enter') run(shown[at]?.item)
    else return
    event.preventDefault()
  }
  return (
    <Dialog title={title} titleHidden look="palette" onClose={close}>
      <input
        className="palette-field"
        role="combobox"
        aria-label={title}
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={shown[at] === undefined ? undefined : `palette-${at}`}
        placeholder={placeholder}
        value={text}
        spellCheck={false}
        autoFocus
        onChange={(event) => {
          setText(event.target.value)
          setChosen(0)
        }}
        onKeyDown={keyDown}
      />
      <div id="palette-list" role="listbox" aria-label={title} className="palette-list">
        {shown.map(({ item, places }, index) => (
          <div
            key={item.key}
            id={`palette-${index}`}
            ref={index === at ? intoView : undefined}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            className="palette-row"
            onPointerMove={() => index !== at && setChosen(index)}
            onClick={() => run(item)}
          >
            {item.icon}
            <span className="palette-title">{highlighted(item.title, places)}</span>
            {item.detail !== undefined && <span className="palette-detail ellipsis">{item.detail}</span>}
            {item.keys !== undefined && <Keys chord={item.keys} />}
          </div>
        ))}
      </div>
      {shown.length === 0 && <div className="palette-none">Nothing matches “{text}”.</div>}
    </Dialog>
  )
}

function intoView(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: 'nearest' })
}

function ranked(items: readonly Item[], text: string): { item: Item; places: readonly number[] }[] {
  if (text.trim() === '') return items.map((item) => ({ item, places: [] }))
  const found: { item: Item; places: readonly number[]; score: number }[] = []
  for (const item of items) {
    const title = fuzzyMatch(text, item.title)
    const rest = fuzzyMatch(text, `${item.title} ${item.words ?? ''} ${item.detail ?? ''}`)
    if (title !== undefined) found.push({ item, places: title.places, score: title.score })
    else if (rest !== undefined) found.push({ item, places: [], score: rest.score - 500 })
  }
  return found.sort((a, b) => b.score - a.score)
}

function highlighted(title: string, places: readonly number[]): ReactNode {
  if (places.length === 0) return title
  // biome-ignore lint/suspicious/noArrayIndexKey: characters of a fixed text have no other name
  return [...title].map((letter, index) => (places.includes(index) ? <b key={index}>{letter}</b> : letter))
}
