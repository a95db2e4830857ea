// Opening files from outside: dialogs, drops, the command line. What a file is follows from its name; everything else is a log.
import { desktop, engine } from '../rpc/connection.ts'
import { doing } from './doing.ts'
import { overlay } from './overlay.ts'
import { openTab } from './tabs.ts'

/** Opens a file in the view that belongs to it; answers whether that worked. */
export async function openPath(path: string): Promise<boolean> {
  const opened = await doing(`${path} could not be opened`, async () => {
    if (/\.(properties|conf)$/i.test(path)) openTab({ view: 'pipeline', id: (await engine.pipelines.open({ path })).id })
    else if (/\.m?ts$/i.test(path)) openTab({ view: 'stream', id: (await engine.streams.open({ path })).id })
    else openTab({ view: 'log', id: (await engine.logs.open({ path })).id })
    return true
  })
  return opened === true
}

/** The system's dialog where there is one, the window's own elsewhere. */
export async function chooseFile(): Promise<void> {
  if (desktop === undefined) overlay.set({ kind: 'open-log' })
  else for (const path of await desktop.openDialog({ kind: 'log' })) await openPath(path)
}

/** Files dropped anywhere on the window are opened. A browser tells no path: then the window's own dialog looks for the name. */
export function takeDrops(): void {
  const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true
  window.addEventListener('dragover', (event) => {
    if (!carriesFiles(event)) return
    event.preventDefault()
    document.documentElement.dataset['dropping'] = 'yes'
  })
  const over = (): void => {
    delete document.documentElement.dataset['dropping']
  }
  window.addEventListener('dragleave', (event) => event.relatedTarget === null && over())
  window.addEventListener('drop', (event) => {
    over()
    if (!carriesFiles(event)) return
    event.preventDefault()
    void openDropped([...(event.dataTransfer?.files ?? [])], event.dataTransfer?.getData('text/uri-list') ?? '')
  })
}

async function openDropped(files: readonly File[], uriList: string): Promise<void> {
  const fromUris = uriList
    .split(/\r?\n/)
    .filter((line) => line.startsWith('file://'))
    .map((line) => decodeURIComponent(new URL(line).pathname))
  const paths = desktop === undefined ? fromUris : files.map((file) => desktop!.pathOf(file))
  const known = paths.filter((path) => path !== '')
  for (const path of known) await openPath(path)
  const first = files[0]
  if (known.length === 0 && first !== undefined) overlay.set({ kind: 'open-log', wanted: first.name })
}
