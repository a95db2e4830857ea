// `npm run` hands a signal that it gets to the shell it started, and that one ends without handing it on: an agent or workbench would run on
// unseen and keep its ports. So whoever runs below npm stops in order when its parent is gone.
const lookMs = 500
const names: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT']

/** Sends this process SIGTERM when its parent has ended, unless it is stopping already. Does nothing but under npm. */
export function stopWithNpm(env: NodeJS.ProcessEnv): void {
  if (env['npm_lifecycle_event'] === undefined || process.platform === 'win32') return
  let stopping = false
  const heard = (): void => {
    stopping = true
  }
  // A second signal means "at once". Listened for only beside a listener of the command's own: one alone would swallow the signal.
  process.on('newListener', (name, listener) => {
    const signal = names.find((each) => each === name)
    if (signal !== undefined && listener !== heard && !process.listeners(signal).includes(heard)) process.on(signal, heard)
  })
  const parent = process.ppid
  const looking = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(looking)
    if (!stopping) process.kill(process.pid, 'SIGTERM')
  }, lookMs)
  looking.unref()
}
