// The native dialogs: open, save, links that lead out, quitting while something runs.
import { BrowserWindow, dialog, type OpenDialogOptions, shell, type WebContents } from 'electron'
import type { OpenRequest, RunSummary } from '../../src-shared/desktop/desktop-bridge.ts'
import { externalAddress } from './security.ts'

const kinds: Readonly<Record<OpenRequest['kind'], Pick<OpenDialogOptions, 'title' | 'filters'>>> = {
  log: {
    title: 'Open File',
    filters: [
      { name: 'All files', extensions: ['*'] },
      { name: 'Flume configurations', extensions: ['properties', 'conf'] },
      { name: 'Stream programs', extensions: ['ts', 'mts'] },
      { name: 'Logs', extensions: ['log', 'jsonl', 'ndjson', 'txt', 'out', 'err'] },
    ],
  },
  pipeline: {
    title: 'Open Pipeline',
    filters: [
      { name: 'Flume configurations', extensions: ['properties', 'conf'] },
      { name: 'All files', extensions: ['*'] },
    ],
  },
  program: { title: 'Open Stream Program', filters: [{ name: 'TypeScript', extensions: ['ts'] }] },
  folder: { title: 'Choose Folder' },
}

/** Absolute paths; none when it was cancelled. */
export async function askToOpen(
  page: WebContents,
  request: { kind: OpenRequest['kind']; multiple?: boolean | undefined },
): Promise<string[]> {
  const folder = request.kind === 'folder'
  const options: OpenDialogOptions = {
    ...kinds[request.kind],
    properties: [
      folder ? 'openDirectory' : 'openFile',
      'showHiddenFiles',
      ...((request.multiple ?? !folder) ? ['multiSelections' as const] : []),
    ],
  }
  const window = BrowserWindow.fromWebContents(page)
  const { filePaths } = await (window === null ? dialog.showOpenDialog(options) : dialog.showOpenDialog(window, options))
  return filePaths
}

export async function askToSave(page: WebContents, defaultName: string): Promise<string | undefined> {
  const window = BrowserWindow.fromWebContents(page)
  const options = { defaultPath: defaultName }
  const { canceled, filePath } = await (window === null ? dialog.showSaveDialog(options) : dialog.showSaveDialog(window, options))
  return canceled ? undefined : filePath
}

/** Opens an https or mailto address outside, after the person saw where it leads. Log text may carry any address: nothing is opened unasked. */
export async function openExternalAfterAsking(window: BrowserWindow | undefined, address: string): Promise<void> {
  const checked = externalAddress(address)
  const question =
    'refusal' in checked
      ? { type: 'warning' as const, message: 'This link is not opened.', detail: checked.refusal, buttons: ['OK'] }
      : {
          type: 'question' as const,
          message: `Open ${checked.url.host === '' ? checked.url.pathname : checked.url.host} in your browser?`,
          detail: checked.url.href,
          buttons: ['Open', 'Cancel'],
          cancelId: 1,
        }
  const { response } = await (window === undefined ? dialog.showMessageBox(question) : dialog.showMessageBox(window, question))
  if ('url' in checked && response === 0) await shell.openExternal(checked.url.href)
}

/** True to quit. Nothing is lost either way; it is asked because what runs stops. */
export function mayQuit(window: BrowserWindow | undefined, runs: RunSummary): boolean {
  if (runs.running === 0) return true
  const one = runs.running === 1
  const options = {
    type: 'question' as const,
    message: `Quit Millrace? ${runs.running} ${one ? 'pipeline or stream is' : 'pipelines or streams are'} running.`,
    detail:
      `${runs.lines.slice(0, 8).join('\n')}\n\nThey stop when Millrace quits, and go on where they were at its next start. Nothing is lost.`.trim(),
    buttons: ['Quit', 'Cancel'],
    defaultId: 0,
    cancelId: 1,
  }
  return (window === undefined ? dialog.showMessageBoxSync(options) : dialog.showMessageBoxSync(window, options)) === 0
}

/** The engine does not start and it makes no sense to try again: another one has the workspace, or it cannot be read. */
export async function sayEngineRefused(window: BrowserWindow | undefined, sentence: string): Promise<void> {
  const options = { type: 'error' as const, message: 'Millrace cannot open its workspace.', detail: sentence, buttons: ['Quit'] }
  await (window === undefined ? dialog.showMessageBox(options) : dialog.showMessageBox(window, options))
}
