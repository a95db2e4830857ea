// toDebugString: an RDD and what it depends on, in Spark's layout.
import { sizeText } from './memory-size.ts'
import type { RddNode } from './rdd-node.ts'

/** The lineage of an RDD, one line each; a shuffle begins a new column. */
export function debugString<T>(root: RddNode<T>): string {
  const level = root.storageLevel.isValid ? root.storageLevel.description : ''
  const own = (rdd: RddNode<unknown>): string[] => {
    const lines = [`${rdd} [${level}]`]
    if (rdd.cachedPartitions > 0)
      lines.push(`    CachedPartitions: ${rdd.cachedPartitions}; MemorySize: ${sizeText(rdd.memorySize)}; DiskSize: 0.0 B`)
    return lines
  }
  const children = (rdd: RddNode<unknown>, prefix: string): string[] =>
    rdd.dependencies.flatMap((dependency, index) => {
      const last = index === rdd.dependencies.length - 1
      return dependency.shuffle ? shuffleChild(dependency.rdd, prefix, last) : narrowChild(dependency.rdd, prefix)
    })
  const narrowChild = (rdd: RddNode<unknown>, prefix: string): string[] => [
    ...own(rdd).map((line) => prefix + line),
    ...children(rdd, prefix),
  ]
  const shuffleChild = (rdd: RddNode<unknown>, prefix: string, last: boolean): string[] => {
    const stripped = prefix.replace(/\|\s*$/, '')
    const count = `(${rdd.getNumPartitions()})`
    const follower = `${stripped}${last ? '  ' : '| '}${column(count)}`
    return [
      ...own(rdd).map((line, index) => (index === 0 ? `${stripped}+-${count} ${line}` : `${follower}${line}`)),
      ...children(rdd, follower),
    ]
  }
  const count = `(${root.getNumPartitions()})`
  const prefix = column(count)
  const lines = own(root as RddNode<unknown>).map((line, index) => `${index === 0 ? count : prefix} ${line}`)
  return [...lines, ...children(root as RddNode<unknown>, prefix)].join('\n')
}

/** Blanks and a bar as wide as `(n) `. */
function column(count: string): string {
  const offset = Math.floor((count.length - 1) / 2)
  return `${' '.repeat(offset)}|${' '.repeat(count.length - offset)}`
}
