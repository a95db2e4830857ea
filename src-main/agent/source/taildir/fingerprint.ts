// What a file begins with: an inode number comes back after a file is deleted, its first bytes rarely do.
import type { FileHandle } from 'node:fs/promises'
import { crc32 } from 'node:zlib'

/** Checksum of the first `length` bytes. Length 0 fits every file. */
export interface Fingerprint {
  readonly length: number
  readonly crc: number
}

const fingerprintBytes = 1024

export const noFingerprint: Fingerprint = { length: 0, crc: 0 }

/** The fingerprint after `bytes`, which follow in the file on what it covers (or stand at `base` anywhere, when it is complete). */
export function extended(fingerprint: Fingerprint, bytes: Uint8Array, base: number): Fingerprint {
  if (base !== fingerprint.length || fingerprint.length >= fingerprintBytes) return fingerprint
  const more = bytes.subarray(0, fingerprintBytes - fingerprint.length)
  return { length: fingerprint.length + more.length, crc: crc32(more, fingerprint.crc) }
}

/** Of the first 1 KiB, or of `position` bytes when less has been delivered: for a file whose beginning was read by somebody else. */
export async function fingerprintOf(file: FileHandle, position: number): Promise<Fingerprint> {
  return checksum(file, Math.min(position, fingerprintBytes))
}

/** Whether the file still begins as it did. */
export async function stillFits(file: FileHandle, fingerprint: Fingerprint): Promise<boolean> {
  if (fingerprint.length === 0) return true
  const now = await checksum(file, fingerprint.length)
  return now.length === fingerprint.length && now.crc === fingerprint.crc
}

async function checksum(file: FileHandle, length: number): Promise<Fingerprint> {
  const bytes = Buffer.alloc(length)
  const { bytesRead } = await file.read(bytes, 0, length, 0)
  return { length: bytesRead, crc: crc32(bytes.subarray(0, bytesRead)) }
}
