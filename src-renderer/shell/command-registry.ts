// What commands do: views bind functions to ids of the command table while they are shown; the one bound last is the one that runs.
import { useEffect, useRef, useSyncExternalStore } from 'react'
import { type CommandId, type CommandSpec, commandList, commands } from '../../src-shared/command/commands.ts'
import { chordOf, isTyping } from '../ui/chord.ts'

type Run = () => void

const bound = new Map<CommandId, Run[]>()
const listeners = new Set<() => void>()
let version = 0

function changed(): void {
  version++
  for (const listener of listeners) listener()
}

function bindCommand(id: CommandId, run: Run): () => void {
  bound.set(id, [...(bound.get(id) ?? []), run])
  changed()
  return () => {
    bound.set(
      id,
      (bound.get(id) ?? []).filter((each) => each !== run),
    )
    changed()
  }
}

/** Binds while the component is shown (a hidden tab's is not) and `enabled`. */
export function useCommand(id: CommandId, run: Run, enabled = true): void {
  const latest = useRef(run)
  useEffect(() => {
    latest.current = run
  })
  useEffect(() => {
    if (!enabled) return
    return bindCommand(id, () => latest.current())
  }, [id, enabled])
}

export function isBound(id: CommandId): boolean {
  return (bound.get(id)?.length ?? 0) > 0
}

/** Runs it when something is bound; answers whether it was. */
export function runCommand(id: CommandId): boolean {
  const run = bound.get(id)?.at(-1)
  run?.()
  return run !== undefined
}

export function isCommandId(id: string): id is CommandId {
  return Object.hasOwn(commands, id)
}

/** Called when what is bound changes; answers how to stop that. */
export function onBoundChange(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Commands that would do something now. */
export function useBoundCommands() {
  useSyncExternalStore(onBoundChange, () => version)
  return commandList.filter((command) => isBound(command.id))
}

/** First shortcut of a command, for tooltips and menus. */
export function keysOf(id: CommandId): string | undefined {
  return (commands[id] as CommandSpec).keys?.[0]
}

/** The window's one key listener. Plain letters are left to fields that are typed in. */
export function listenToKeys(): void {
  window.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing) return
    const chord = chordOf(event)
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !/^(Shift\+)?F\d+$/.test(chord)
    if (plain && isTyping(event)) return
    // A dialog that is open has the keyboard to itself.
    if (plain && document.querySelector('[role="dialog"][data-open]') !== null) return
    // Keys that every list and text moves by belong to the place that has the focus.
    const moves = plain && /^(?:Arrow|Home$|End$)/.test(chord)
    const focus = document.activeElement
    if (moves && focus !== null && focus !== document.body && focus.closest('[data-region="editor"]') === null) return
    const command = commandList.find((each) => each.keys?.includes(chord) === true && isBound(each.id))
    if (command === undefined) return
    event.preventDefault()
    runCommand(command.id)
  })
}
