// The processes that one start brought about: its descendants, and whatever names the workspace on its command line (Linux).
import { readdirSync, readFileSync } from 'node:fs'

interface Running {
  readonly pid: number
  readonly parent: number
  readonly command: string
}

/** Everything that descends from `root` or works on `workspace`, now. */
export function processesOf(root: number, workspace: string): readonly Running[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .map(read)
    .filter((each) => each !== undefined)
  const found = new Map(all.filter((each) => each.pid === root || each.command.includes(workspace)).map((each) => [each.pid, each]))
  for (let grown = true; grown; ) {
    const children = all.filter((each) => found.has(each.parent) && !found.has(each.pid))
    for (const child of children) found.set(child.pid, child)
    grown = children.length > 0
  }
  found.delete(process.pid)
  return [...found.values()]
}

function read(pid: number): Running | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (state === 'Z') return undefined
    return { pid, parent: Number(parent), command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') }
  } catch {
    // It ended while it was looked at.
    return undefined
  }
}

/** `kill -9` of each; answers how many there were. */
export function killAll(running: readonly Running[]): number {
  for (const { pid } of running) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
  return running.length
}
