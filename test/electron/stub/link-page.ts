// The page of the link test: connects as the window does, within a test's reach.
import { connectEngine, type EngineConnection } from '../../../src-shared/contract/client.ts'
import type { DesktopBridge } from '../../../src-shared/desktop/desktop-bridge.ts'
import { enginePorts, type PageWindow } from '../../../src-shared/desktop/engine-port.ts'

declare global {
  var linkPage: { readonly connection: EngineConnection; readonly desktop: DesktopBridge }
}

const desktop = (window as unknown as { readonly millraceDesktop: DesktopBridge }).millraceDesktop
const connection = connectEngine({
  open: enginePorts(window as unknown as PageWindow, desktop),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
})
globalThis.linkPage = { connection, desktop }
