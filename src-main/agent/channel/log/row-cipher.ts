// Encryption at rest: rows sealed with AES-256-GCM under keys from the environment or the system’s keychain. Keys never reach a file; the
// log knows their names and ids.
//
// A sealed row: magic 'MRE1' (4) · key id (8: the beginning of the key's SHA-256) · nonce (12, random) · tag (16) · ciphertext of the
// encoded batch. A row that begins otherwise is not encrypted; both may stand in one log, so that encryption can be turned on, keys
// changed, and encryption turned off as long as the keys of what is there are given.
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { MillraceError } from '../../../../src-shared/errors.ts'
import { type Keychain, systemKeychain } from '../../../storage/keychain.ts'

/** Keys by id. The first of the names gives the key that new rows are sealed with. */
export interface KeyRing {
  readonly active: { readonly id: string; readonly key: Uint8Array } | undefined
  readonly keys: ReadonlyMap<string, Uint8Array>
}

const magic = Buffer.from('MRE1')
const idAt = 4
const nonceAt = 12
const tagAt = 24
const textAt = 40

/** Where keys come from. */
export interface KeySources {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly keychain: Pick<Keychain, 'read'>
}

/** `keychain:orders` is the entry `orders` of the keychain; everything else an environment variable. */
const keychainPrefix = 'keychain:'

/** The keys of these names: 32 bytes each, as 64 hexadecimal digits or in base64. Throws BAD_CONFIGURATION, or IO when the keychain cannot be asked. */
export function keyRing(
  names: readonly string[],
  { environment, keychain }: KeySources = { environment: process.env, keychain: systemKeychain() },
): KeyRing {
  const keys = new Map<string, Uint8Array>()
  let active: KeyRing['active']
  for (const name of names) {
    const key = name.startsWith(keychainPrefix)
      ? keychainKey(name.slice(keychainPrefix.length), keychain)
      : keyFrom(`environment variable ${name}`, environment[name], 'is not set')
    const id = createHash('sha256').update(key).digest('hex').slice(0, 16)
    active ??= { id, key }
    keys.set(id, key)
  }
  return { active, keys }
}

function keychainKey(name: string, keychain: Pick<Keychain, 'read'>): Uint8Array {
  return keyFrom(`keychain entry ${name}`, keychain.read(name), `is not there; \`millrace channel make-key ${name}\` makes one`)
}

/** `where` and `absent` are parts of a sentence. */
function keyFrom(where: string, text: string | undefined, absent: string): Uint8Array {
  const fail = (why: string): never => {
    const message = `The ${where}, which is to hold a key of an encrypted channel, ${why}. A key is 32 bytes, as 64 hexadecimal digits or in base64 (openssl rand -hex 32).`
    throw new MillraceError('BAD_CONFIGURATION', message)
  }
  if (text === undefined || text.trim() === '') return fail(absent)
  const key = /^[0-9a-f]{64}$/i.test(text.trim()) ? Buffer.from(text.trim(), 'hex') : Buffer.from(text.trim(), 'base64')
  return key.length === 32 ? key : fail('does not hold a key')
}

/** The row as it goes to the disk. */
export function sealRow(row: Uint8Array, ring: KeyRing): Uint8Array {
  if (ring.active === undefined) return row
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', ring.active.key, nonce)
  const text = cipher.update(row)
  cipher.final()
  return Buffer.concat([magic, Buffer.from(ring.active.id, 'hex'), nonce, cipher.getAuthTag(), text])
}

/** How much of a row says which key it is sealed with. */
export const sealedHeadBytes = nonceAt

/** The id of the key that a row is sealed with; undefined for one that is not encrypted. */
export function keyIdOf(stored: Uint8Array): string | undefined {
  if (stored.length < sealedHeadBytes || magic.compare(stored, 0, idAt) !== 0) return undefined
  return Buffer.from(stored.subarray(idAt, nonceAt)).toString('hex')
}

/** The row as it was encoded. Throws BATCH_DAMAGED when it was changed, BAD_CONFIGURATION when its key is not there. */
export function openRow(stored: Uint8Array, ring: KeyRing): Uint8Array {
  const id = keyIdOf(stored)
  if (id === undefined || stored.length < textAt) return stored
  const key = ring.keys.get(id)
  if (key === undefined)
    throw new MillraceError('BAD_CONFIGURATION', `It is encrypted with key ${id}, which is not among the keys given (encryptionKeys).`)
  const decipher = createDecipheriv('aes-256-gcm', key, stored.subarray(nonceAt, tagAt))
  decipher.setAuthTag(stored.subarray(tagAt, textAt))
  const row = decipher.update(stored.subarray(textAt))
  try {
    decipher.final()
  } catch (cause) {
    throw new MillraceError('BATCH_DAMAGED', 'An encrypted row was changed: its tag does not match.', { cause })
  }
  return row
}

/** Refuses a log whose rows were sealed with keys that are not there. `used`: ids of the keys of what is kept. */
export function requireKeys(used: readonly string[], ring: KeyRing, folder: string): void {
  const missing = used.filter((id) => !ring.keys.has(id))
  if (missing.length === 0) return
  const given = ring.keys.size === 0 ? 'no key is given' : `the keys given are ${[...ring.keys.keys()].join(', ')}`
  const message = `The log in ${folder} is encrypted with key ${missing.join(', ')}, and ${given}. Name the environment variable or the keychain entry (keychain:NAME) that holds it in encryptionKeys; former keys come after the one in use.`
  throw new MillraceError('BAD_CONFIGURATION', message)
}
