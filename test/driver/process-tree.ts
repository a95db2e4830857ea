// Memory of a process and everything that it started, as the kernel counts it (Linux).
import { readdirSync, readFileSync } from 'node:fs'

/** The process and its descendants at this moment. */
export function processTree(root: number): number[] {
  const children = new Map<number, number[]>()
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    if (!Number.isInteger(pid)) continue
    const parent = parentOf(pid)
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), pid])
  }
  const tree: number[] = []
  for (const queue = [root]; queue.length > 0; ) {
    const pid = queue.shift()!
    tree.push(pid)
    queue.push(...(children.get(pid) ?? []))
  }
  return tree
}

/** Resident MiB of the tree: each process's own pages, and its part of the shared ones (Pss). */
export function residentMiB(root: number): number {
  let kib = 0
  for (const pid of processTree(root)) kib += kernelNumber(pid, 'smaps_rollup', 'Pss') ?? 0
  return kib / 1024
}

/** As residentMiB, every shared page counted in each process (Rss). */
export function rssMiB(root: number): number {
  let kib = 0
  for (const pid of processTree(root)) kib += kernelNumber(pid, 'status', 'VmRSS') ?? 0
  return kib / 1024
}

function parentOf(pid: number): number | undefined {
  return kernelNumber(pid, 'status', 'PPid')
}

/** Undefined for a process that has ended meanwhile. */
function kernelNumber(pid: number, file: string, key: string): number | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/${file}`, 'utf8')
    const match = new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(text)
    return match === null ? undefined : Number(match[1])
  } catch {
    return undefined
  }
}
