// What a page may do: nothing that the workbench does not need. Settings of every window, and the session's and web contents' handlers
// (Electron's security checklist; docs/adr/0011-electron-face.md says where each item is).
import { app, type IpcMainEvent, type IpcMainInvokeEvent, type Session, type WebPreferences } from 'electron'
import { pageOrigin } from './page-protocol.ts'

export const windowPreferences: WebPreferences = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webviewTag: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  navigateOnDragDrop: false,
  spellcheck: false,
}

/** Copying to the clipboard is all that is granted. */
export function denyPermissions(session: Session): void {
  const granted = (permission: string, url: string): boolean => permission === 'clipboard-sanitized-write' && isOurs(url)
  session.setPermissionRequestHandler((contents, permission, answer) => answer(granted(permission, contents.getURL())))
  session.setPermissionCheckHandler((_contents, permission, origin) => granted(permission, origin))
  session.setDevicePermissionHandler(() => false)
}

/** No page goes anywhere else, opens a window or gets a web view. `openExternal` is asked instead for links that lead out. */
export function guardNavigation(openExternal: (address: string) => void): void {
  app.on('web-contents-created', (_created, contents) => {
    const stay = (event: { preventDefault(): void; readonly url: string }): void => {
      if (!isOurs(event.url)) event.preventDefault()
    }
    contents.on('will-navigate', stay)
    contents.on('will-redirect', stay)
    contents.on('will-attach-webview', (event) => event.preventDefault())
    contents.setWindowOpenHandler(({ url }) => {
      openExternal(url)
      return { action: 'deny' }
    })
  })
}

/** True for a message from the main frame of one of our own pages. */
export function isFromOurPage(event: IpcMainEvent | IpcMainInvokeEvent): boolean {
  const frame = event.senderFrame
  return frame !== null && frame.parent === null && isOurs(frame.url)
}

/** The address in a form that may be opened outside, or why not. Only https and mailto leave the app. */
export function externalAddress(address: string): { readonly url: URL } | { readonly refusal: string } {
  let url: URL
  try {
    url = new URL(address)
  } catch {
    return { refusal: `${JSON.stringify(address)} is no address.` }
  }
  if (url.protocol === 'https:' || url.protocol === 'mailto:') {
    if (url.username !== '' || url.password !== '') return { refusal: 'The address carries a user name or a password.' }
    return { url }
  }
  return { refusal: `Addresses that begin with ${url.protocol} are not opened from Millrace; https: and mailto: are.` }
}

function isOurs(url: string | undefined): boolean {
  return url === pageOrigin || url?.startsWith(`${pageOrigin}/`) === true
}
