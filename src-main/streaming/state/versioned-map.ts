// A map that changes in place and still knows what it was: every version (a batch time) keeps, for each key that it changed, what was
// there before. A batch that touches ten thousand of a million keys costs ten thousand changes, not a copied map.
// A version is made by begin(), set() and remove(), commit(); rollback() undoes it. Older versions are read through the kept changes.
import { SparkException } from '../../../src-shared/streaming/exceptions.ts'
import { KeyedMap } from '../rdd/keyed-map.ts'

/** What a key had before a version: a value, or nothing. */
interface Before<V> {
  readonly had: boolean
  readonly value: V | undefined
}

interface Version<K, V> {
  readonly version: number
  readonly previous: number
  readonly before: KeyedMap<K, Before<V>>
}

/** So many changes are kept for those who look back without having said so. */
const SPARED_CHANGES = 10_000

export class VersionedMap<K, V> {
  readonly #current: KeyedMap<K, V>
  /** Newest last. */
  #history: Version<K, V>[] = []
  #open: Version<K, V> | undefined
  #version: number
  #first: number | undefined

  /** `version`: the name of the empty (or loaded) beginning. */
  constructor(version: number, maxKeys?: number) {
    this.#current = new KeyedMap<K, V>(maxKeys)
    this.#version = version
  }

  /** The newest committed version. */
  get version(): number {
    return this.#version
  }

  /** The first version that was made of the beginning; undefined before there is one. */
  get firstVersion(): number | undefined {
    return this.#first
  }

  get size(): number {
    return this.#current.size
  }

  get(key: K): V | undefined {
    return this.#current.get(key)
  }

  has(key: K): boolean {
    return this.#current.has(key)
  }

  /** Visits the newest state, uncommitted changes included. */
  forEach(visit: (value: V, key: K) => void): void {
    this.#current.forEach(visit)
  }

  entries(): Iterable<[K, V]> {
    return this.#current.entries()
  }

  begin(version: number): void {
    this.#open = { version, previous: this.#version, before: new KeyedMap() }
  }

  /** `old`: what get() gives for the key, for a caller that has asked already. */
  set(key: K, value: V, old: V | undefined = this.#current.get(key)): void {
    const open = this.#open!
    if (old === undefined && !this.#current.has(key)) this.#note(open, key, { had: false, value: undefined })
    else this.#note(open, key, { had: true, value: old })
    this.#current.set(key, value)
  }

  remove(key: K): void {
    if (!this.#current.has(key)) return
    this.#note(this.#open!, key, { had: true, value: this.#current.get(key) })
    this.#current.delete(key)
  }

  #note(open: Version<K, V>, key: K, before: Before<V>): void {
    if (!open.before.has(key)) open.before.set(key, before)
  }

  commit(): void {
    const open = this.#open!
    this.#open = undefined
    this.#history.push(open)
    this.#version = open.version
    this.#first ??= open.version
  }

  /** Undoes what was done since begin(). */
  rollback(): void {
    const open = this.#open
    this.#open = undefined
    open?.before.forEach((before, key) => {
      if (before.had) this.#current.set(key, before.value as V)
      else this.#current.delete(key)
    })
  }

  /** Puts an entry into the beginning, before any version is made. */
  load(key: K, value: V): void {
    this.#current.set(key, value)
  }

  /** Forgets how to get back to versions before `version`; to those from `remembered` on only where that takes many changes. */
  forgetBefore(version: number, remembered = version): void {
    let changes = this.#history.reduce((sum, { before }) => sum + before.size, 0)
    let drop = 0
    for (const { previous, before } of this.#history) {
      if (previous >= version || (previous >= remembered && changes <= SPARED_CHANGES)) break
      changes -= before.size
      drop += 1
    }
    if (drop > 0) this.#history = this.#history.slice(drop)
  }

  /** Visits the entries of a version: the newest, or an older one that is still known. */
  visitVersion(version: number, visit: (key: K, value: V) => void): void {
    const past = this.#past(version)
    if (past === undefined) {
      this.#current.forEach((value, key) => {
        visit(key, value)
      })
      return
    }
    this.#current.forEach((value, key) => {
      const before = past.get(key)
      if (before === undefined) visit(key, value)
      else if (before.had) visit(key, before.value as V)
    })
    past.forEach((before, key) => {
      if (before.had && !this.#current.has(key)) visit(key, before.value as V)
    })
  }

  /** The version that `version` was made of; throws when that is no longer known. */
  previousOf(version: number): number {
    const step = this.#history.find((known) => known.version === version)
    if (step === undefined) throw noLongerKept(version, this.#history[0]?.previous ?? this.#version)
    return step.previous
  }

  /** What keys had at `version` where that differs from now; undefined when nothing does. */
  #past(version: number): KeyedMap<K, Before<V>> | undefined {
    if (version === this.#version && this.#open === undefined) return undefined
    const past = new KeyedMap<K, Before<V>>()
    const overlay = (step: Version<K, V>): void => {
      step.before.forEach((before, key) => {
        past.set(key, before)
      })
    }
    if (this.#open !== undefined) overlay(this.#open)
    let at = this.#version
    for (let index = this.#history.length - 1; at > version && index >= 0; index--) {
      overlay(this.#history[index]!)
      at = this.#history[index]!.previous
    }
    if (at !== version) throw noLongerKept(version, at)
    return past
  }

  /** Keys changed after `version`, with what they have now; undefined when that is no longer known. */
  changesSince(version: number): KeyedMap<K, { readonly removed: boolean; readonly value: V | undefined }> | undefined {
    const changes = new KeyedMap<K, { readonly removed: boolean; readonly value: V | undefined }>()
    let at = this.#version
    for (let index = this.#history.length - 1; at > version && index >= 0; index--) {
      this.#history[index]!.before.forEach((_before, key) => {
        if (!changes.has(key)) changes.set(key, { removed: !this.#current.has(key), value: this.#current.get(key) })
      })
      at = this.#history[index]!.previous
    }
    return at <= version ? changes : undefined
  }
}

function noLongerKept(version: number, oldest: number): SparkException {
  return new SparkException(
    `State as of ${version} ms is no longer kept: the oldest version that is known is ${oldest} ms. Use remember() to keep more.`,
  )
}
