import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { checkChannel } from '../../../../src-main/agent/channel/log/check-channel.ts'
import type { LogChannel } from '../../../../src-main/agent/channel/log/log-channel.ts'
import { openLogReader } from '../../../../src-main/agent/channel/log/log-reader.ts'
import { openThreadWriter } from '../../../../src-main/agent/channel/log/log-writer.ts'
import { repairChannel } from '../../../../src-main/agent/channel/log/repair-channel.ts'
import { keyRing, openRow, sealRow } from '../../../../src-main/agent/channel/log/row-cipher.ts'
import { batchOf } from '../../../../src-shared/event/build-batch.ts'
import { logChannel, numbered, numbersOf, put, take } from '../../../driver/log-channel-driver.ts'
import { temporaryFolder } from '../../../driver/temporary-folder.ts'

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index)

function encrypted(folder: string, ...keyNames: string[]): LogChannel {
  return logChannel({
    folder,
    options: { log: { folder, dataFolders: [folder], keyNames }, recentBytes: 0, segmentBytes: 2 ** 16 },
    deps: { openWriter: openThreadWriter },
  })
}

beforeEach(() => {
  vi.stubEnv('KEY_A', randomBytes(32).toString('hex'))
  vi.stubEnv('KEY_B', randomBytes(32).toString('base64'))
  vi.stubEnv('KEY_BAD', 'too short')
  return () => vi.unstubAllEnvs()
})

describe('an encrypted channel', () => {
  test('has nothing of a body or a header on the disk, and delivers all of it', async () => {
    const folder = temporaryFolder()
    const channel = encrypted(folder, 'KEY_A')
    await channel.start()
    const secret = 'the cat sat on the secret mat'
    await put(channel, batchOf([{ headers: { whisper: secret }, body: new TextEncoder().encode(secret) }]))
    const copy = temporaryFolder()
    execFileSync('cp', ['-r', `${folder}/.`, copy])
    for (const name of readdirSync(copy)) expect(readFileSync(join(copy, name)).includes(secret.slice(4, 20))).toBe(false)
    const transaction = channel.transaction()
    transaction.begin()
    const batch = await transaction.take({ events: 10, bytes: 1e9 })
    expect(batch!.shared).toEqual({ whisper: secret })
    expect(new TextDecoder().decode(batch!.bodies)).toBe(secret)
    await transaction.rollback()
    const reader = openLogReader(folder)
    expect([...reader.read({ from: 0, to: 1 })][0]!.batch.shared).toEqual({ whisper: secret })
    reader.close()
    await channel.stop()
    expect(checkChannel(folder)).toMatchObject({ damage: [], events: 1 })
  })

  test('refuses a wrong key, and no key, with a sentence, and opens with the right one', async () => {
    const folder = temporaryFolder()
    const channel = encrypted(folder, 'KEY_A')
    await channel.start()
    await put(channel, numbered(0, 10))
    await channel.stop()
    for (const names of [['KEY_B'], []]) {
      await expect(encrypted(folder, ...names).start()).rejects.toMatchObject({
        code: 'BAD_CONFIGURATION',
        message: expect.stringMatching(/The log in .* is encrypted with key [0-9a-f]{16}, and .* is|given/),
      })
    }
    await expect(encrypted(folder, 'KEY_BAD').start()).rejects.toThrow('does not hold a key. A key is 32 bytes')
    await expect(encrypted(folder, 'KEY_NONE').start()).rejects.toThrow(
      'KEY_NONE, which is to hold a key of an encrypted channel, is not set',
    )
    await channel.start()
    expect(await take(channel)).toEqual(range(0, 10))
    await channel.stop()
  })

  test('whose key is not there is neither damaged nor repaired', async () => {
    const folder = temporaryFolder()
    const channel = encrypted(folder, 'KEY_A')
    await channel.start()
    await put(channel, numbered(0, 10))
    await channel.stop()
    const right = process.env['KEY_A']
    vi.stubEnv('KEY_A', randomBytes(32).toString('hex'))
    expect(() => checkChannel(folder)).toThrow('not among the keys given')
    expect(() => repairChannel(folder)).toThrow('not among the keys given')
    vi.stubEnv('KEY_A', right)
    await channel.start()
    expect(await take(channel)).toEqual(range(0, 10))
    await channel.stop()
  })

  test('can be made of one that was not, change its key, and be turned off while its keys are given', async () => {
    const folder = temporaryFolder()
    for (const [life, names] of [[], ['KEY_A'], ['KEY_B', 'KEY_A']].entries()) {
      const channel = encrypted(folder, ...names)
      await channel.start()
      await put(channel, numbered(life * 10, 10))
      await channel.stop()
    }
    const channel = encrypted(folder, 'KEY_A', 'KEY_B')
    await channel.start()
    const transaction = channel.transaction()
    transaction.begin()
    expect(numbersOf(await transaction.take({ events: 100, bytes: 1e9 }))).toEqual(range(0, 30))
    await transaction.rollback()
    await channel.stop()
  })
})

describe.runIf(process.platform !== 'win32')('a key in the system’s keychain', () => {
  /** Tools that find the entries in a folder: `secret-tool lookup … key NAME`, `security find-generic-password … -a NAME -w`. */
  function keychain(): { set(name: string): void; forget(name: string): void } {
    const folder = temporaryFolder()
    for (const [tool, name, absent] of [
      ['secret-tool', '$5', 1],
      ['security', '$5', 44],
    ] as const) {
      writeFileSync(join(folder, tool), `#!/bin/sh\ncat "${folder}/key-${name}" 2>/dev/null || exit ${absent}\n`)
      chmodSync(join(folder, tool), 0o755)
    }
    vi.stubEnv('PATH', `${folder}${delimiter}${process.env['PATH']}`)
    return {
      set: (name) => writeFileSync(join(folder, `key-${name}`), `${randomBytes(32).toString('hex')}\n`),
      forget: (name) => rmSync(join(folder, `key-${name}`)),
    }
  }

  test('is used in every thread that opens the log; rotation writes with the new key and reads with both', async () => {
    const entries = keychain()
    entries.set('old')
    const folder = temporaryFolder()
    const before = encrypted(folder, 'keychain:old')
    await before.start()
    await put(before, numbered(0, 10))
    await before.stop()
    entries.set('new')
    const rotated = encrypted(folder, 'keychain:new', 'keychain:old')
    await rotated.start()
    await put(rotated, numbered(10, 10))
    expect(await take(rotated)).toEqual(range(0, 20))
    await rotated.stop()
    expect(checkChannel(folder)).toMatchObject({ damage: [], events: 20 })
    const row = sealRow(new Uint8Array(40), keyRing(['keychain:new', 'keychain:old']))
    expect(() => openRow(row, keyRing(['keychain:old']))).toThrow('not among the keys given')
    expect(() => openRow(row, keyRing(['keychain:new']))).not.toThrow()
  })

  test('that is gone, or another one, is refused with a sentence, and nothing is changed', async () => {
    const entries = keychain()
    entries.set('orders')
    const folder = temporaryFolder()
    const channel = encrypted(folder, 'keychain:orders')
    await channel.start()
    await put(channel, numbered(0, 10))
    await channel.stop()
    entries.forget('orders')
    await expect(channel.start()).rejects.toThrow('The keychain entry orders, which is to hold a key of an encrypted channel, is not there')
    entries.set('orders')
    await expect(channel.start()).rejects.toMatchObject({
      code: 'BAD_CONFIGURATION',
      message: expect.stringContaining('Name the environment variable or the keychain entry (keychain:NAME) that holds it'),
    })
  })
})

test('a former key is needed as long as its rows are kept, and may be left out afterwards', async () => {
  const folder = temporaryFolder()
  const first = encrypted(folder, 'KEY_A')
  await first.start()
  await put(first, numbered(0, 10))
  await first.stop()
  const both = encrypted(folder, 'KEY_B', 'KEY_A')
  await both.start()
  // Enough for several segments, so that those with rows of the former key can go.
  for (let from = 10; from < 60_000; from += 5000) await put(both, numbered(from, 5000))
  await both.stop()
  await expect(encrypted(folder, 'KEY_B').start()).rejects.toThrow('is encrypted with key')
  await both.start()
  for (let taken = 0; taken < 50_010; ) taken += (await take(both)).length
  await both.forgetHistory()
  await both.stop()
  const later = encrypted(folder, 'KEY_B')
  await later.start()
  expect(later.extent().first).toBeGreaterThan(10)
  await put(later, numbered(0, 10))
  await later.stop()
  await expect(encrypted(folder, 'KEY_A').start()).rejects.toThrow('is encrypted with key')
})

test('a sealed row shows every flipped bit', () => {
  const ring = keyRing(['KEY_A'])
  const row = randomBytes(40)
  const sealed = Buffer.from(sealRow(row, ring))
  expect(Buffer.from(openRow(sealed, ring))).toEqual(row)
  for (let bit = 32; bit < sealed.length * 8; bit++) {
    sealed[bit >> 3]! ^= 1 << (bit & 7)
    expect(() => openRow(sealed, ring)).toThrow()
    sealed[bit >> 3]! ^= 1 << (bit & 7)
  }
})
