// TypeScript in the program editor: completion, hover, signatures and type errors from the language server that the engine runs for this
// window. Loaded with the first program that is shown.
import { hoverTooltips, LSPClient, LSPPlugin, serverCompletion, signatureHelp } from '@codemirror/lsp-client'
import type { Extension } from '@codemirror/state'
import { EditorView, type ViewUpdate } from '@codemirror/view'
import type { ProgramProblem } from '../../src-shared/contract/streams.ts'
import { connection, engine } from '../rpc/connection.ts'
import { withoutMarkup } from './language-documents.ts'

interface Diagnostic {
  readonly range: { readonly start: { readonly line: number; readonly character: number } }
  readonly severity?: number
  readonly message: string
}

/** Type errors are asked for when nothing was typed for so long. */
const quietMs = 400

let client: LSPClient | undefined

/** Support for one program's editor. `tell` gets the type errors of the text as it stands, after each change. */
export function programLanguage(file: string, tell: (problems: readonly ProgramProblem[]) => void): Extension {
  client ??= connectedClient()
  return [client.plugin(fileUrl(file), 'typescript'), typeErrors(client, tell)]
}

/** Tells the language server, which watches no files, of one that was made. */
export function fileAppeared(file: string): void {
  client?.notification('workspace/didChangeWatchedFiles', { changes: [{ uri: fileUrl(file), type: 1 }] })
}

function connectedClient(): LSPClient {
  const made = new LSPClient({
    timeout: 10_000,
    sanitizeHTML: withoutMarkup,
    extensions: [serverCompletion({ override: true }), hoverTooltips(), signatureHelp()],
  })
  let session = 0
  let receive: (message: string) => void = () => undefined
  connection.subscribe((engine) => engine.language.connect(), {
    value: (event) => {
      if (event.message !== undefined) return receive(event.message)
      session = event.session
      if (made.connected) made.disconnect()
      made.connect({
        // A message to a server that has ended: its subscription begins anew with a session of its own, and the files are opened again.
        send: (message) => void engine.language.send({ session, message }).catch(() => undefined),
        subscribe: (handler) => {
          receive = handler
        },
        unsubscribe: () => {
          receive = () => undefined
        },
      })
      // The server went away while it was greeted; the next session greets again.
      made.initializing.catch(() => undefined)
    },
    // No TypeScript here: the editor goes on without it.
    error: (error) => console.info(error.message),
    end: () => {
      if (made.connected) made.disconnect()
    },
  })
  return made
}

/** Asks for the type errors once the text has stood for a while. */
function typeErrors(client: LSPClient, tell: (problems: readonly ProgramProblem[]) => void): Extension {
  let timer: ReturnType<typeof setTimeout> | undefined
  const ask = async (view: EditorView): Promise<void> => {
    await client.initializing
    const plugin = LSPPlugin.get(view)
    if (plugin === null) return
    client.sync()
    const asked = view.state.doc
    const answer = await client.request<unknown, { readonly items?: readonly Diagnostic[] }>('textDocument/diagnostic', {
      textDocument: { uri: plugin.uri },
    })
    if (view.state.doc.eq(asked)) tell((answer.items ?? []).filter(isTrouble).map(asProblem))
  }
  const later = (view: EditorView): void => {
    clearTimeout(timer)
    // Without a server there are no type errors to tell; the next change asks again.
    timer = setTimeout(() => void ask(view).catch(() => undefined), quietMs)
  }
  return EditorView.updateListener.of((update: ViewUpdate) => {
    if (update.docChanged || timer === undefined) later(update.view)
  })
}

function isTrouble({ severity }: Diagnostic): boolean {
  return severity === undefined || severity <= 2
}

function asProblem({ range, severity, message }: Diagnostic): ProgramProblem {
  return { severity: severity === 2 ? 'warning' : 'error', line: range.start.line + 1, column: range.start.character + 1, message }
}

function fileUrl(path: string): string {
  const url = new URL('file:///')
  url.pathname = path.replace(/\\/g, '/').split('/').map(encodeURIComponent).join('/')
  return url.href
}
