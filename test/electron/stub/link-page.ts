// The page of the link test: the window's own connection, within a test's reach.
import { connection, desktop } from '../../../src-renderer/rpc/connection.ts'

declare global {
  var linkPage: { readonly connection: typeof connection; readonly desktop: typeof desktop }
}

globalThis.linkPage = { connection, desktop }
