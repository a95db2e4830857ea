// A contract stub that runs as Electron's utility process: the real server of links (serve-link.ts), a handful of procedures behind it.
// It stands in for the engine only because the tests' runtime has a Node too old for the engine's database driver.
import './old-node.ts'
import { type EngineRouter, linkServer, os } from '../../../src-main/engine/serve-link.ts'
import { loggerTo } from '../../../src-main/log.ts'
import { type DomPortLike, messagePortLink } from '../../../src-shared/contract/message-port-link.ts'

interface ParentPort {
  postMessage(message: unknown): void
  on(type: 'message', handler: (event: { data: { kind: string }; ports: readonly DomPortLike[] }) => void): void
}
const parentPort = (process as unknown as { parentPort: ParentPort }).parentPort

const payloadBytes = 65_536
let payloadsSent = 0

const router = {
  workspace: {
    diagnostics: os.workspace.diagnostics.handler(() => JSON.stringify({ pid: process.pid, node: process.versions.node, payloadsSent })),
    forgetRecent: os.workspace.forgetRecent.handler(({ input }) => {
      if (input.path === 'crash') process.abort()
    }),
    output: os.workspace.output.handler(async function* ({ input }) {
      for (let seq = input.after + 1; ; seq++) {
        yield [{ seq, at: seq, level: 'info' as const, from: `engine ${process.pid}`, sentence: 'x'.repeat(100), fields: {} }]
        await new Promise<void>((resolve) => setImmediate(resolve))
      }
    }),
  },
  logs: {
    lineBytes: os.logs.lineBytes.handler(async ({ input, context }) => {
      const transfer = context.bulk.open(input.bulk)
      const count = Math.ceil(input.length / payloadBytes)
      for (let index = 0; index < count; index++) {
        const payload = new Uint8Array(payloadBytes).fill(index % 251)
        new DataView(payload.buffer).setUint32(0, index, true)
        await transfer.send(payload)
        payloadsSent++
      }
      transfer.end()
      return { sent: count }
    }),
  },
}

const log = loggerTo((level, sentence, fields) => process.stderr.write(`stub ${level}: ${sentence} ${JSON.stringify(fields)}\n`))
const serve = linkServer(router as unknown as EngineRouter, log)

parentPort.on('message', ({ data, ports }) => {
  if (data.kind === 'port') serve(messagePortLink(ports[0]!))
  else if (data.kind === 'stop') process.exit(0)
})
parentPort.postMessage({ kind: 'ready', pid: process.pid })
