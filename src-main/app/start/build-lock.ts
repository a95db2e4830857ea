// One build at a time in one checkout, so that two starts at once do not empty each other's output. The lock is a file with its owner's
// process id; it comes into being complete (written aside, then linked), and one whose owner is gone is taken over.
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** Runs `work` while holding the lock at `path`; waits for another holder first, and says so once by `onWait`. */
export async function withBuildLock<T>(path: string, onWait: () => void, work: () => T | Promise<T>): Promise<T> {
  mkdirSync(dirname(path), { recursive: true })
  for (let told = false; !take(path); told = true) {
    if (!told) onWait()
    await wait(100)
  }
  try {
    return await work()
  } finally {
    rmSync(path, { force: true })
  }
}

function take(path: string): boolean {
  const aside = `${path}.${process.pid}`
  writeFileSync(aside, String(process.pid))
  try {
    linkSync(aside, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    if (ownerIsGone(path)) rmSync(path, { force: true })
    return false
  } finally {
    rmSync(aside, { force: true })
  }
}

function ownerIsGone(path: string): boolean {
  try {
    process.kill(Number(readFileSync(path, 'utf8')), 0)
    return false
  } catch (error) {
    // ENOENT: given back meanwhile, which the next try to take it finds out. EPERM: another user's process, alive.
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}
