// Serves the contract on one link: RPC text through oRPC's peer, binary frames through the bulk server. One call per window.
import { ORPCError } from '@orpc/client'
import { implement, type Router } from '@orpc/server'
import { StandardRPCHandler } from '@orpc/server/standard'
import { createServerPeerHandleRequestFn } from '@orpc/server/standard-peer'
import { ServerPeer } from '@orpc/standard-server-peer'
import { decodeFrames } from '../../src-shared/contract/bulk-frame.ts'
import type { ErrorData } from '../../src-shared/contract/client.ts'
import { contract } from '../../src-shared/contract/contract.ts'
import type { EngineLink } from '../../src-shared/contract/engine-link.ts'
import { MillraceError, messageOf } from '../../src-shared/errors.ts'
import type { Logger } from '../log.ts'
import { BulkServer } from './bulk-server.ts'

/** What a procedure gets beside its input. */
export interface LinkContext {
  readonly bulk: BulkServer
}

/** The contract, to be implemented area by area (router/*.ts). */
export const os = implement(contract).$context<LinkContext>()

export type EngineRouter = Router<typeof contract, LinkContext>

/** Makes a function that serves `router` on a link until the link closes. */
export function linkServer(router: EngineRouter, log: Logger): (link: EngineLink) => void {
  const handler = new StandardRPCHandler<LinkContext>(router, {
    clientInterceptors: [
      async ({ next, path }) => {
        try {
          const output = await next()
          return isAsyncIterator(output) ? withErrorCodes(output) : output
        } catch (thrown) {
          throw asRpcError(thrown, (sentence) => log.error(sentence, { procedure: path.join('.') }))
        }
      },
    ],
  })
  return (link) => {
    const bulk = new BulkServer(link)
    const peer = new ServerPeer((message) => bulk.sendText(message as string))
    const handle = createServerPeerHandleRequestFn(handler, { context: { bulk } })
    const refuse = (error: unknown): void => {
      log.warn('A window sent something that is no message of the contract; its link is closed.', { reason: messageOf(error) })
      link.close()
    }
    link.onMessage((message) => {
      try {
        if (typeof message === 'string') {
          peer.message(message, handle).catch((error: unknown) => refuse(error))
        } else {
          for (const frame of decodeFrames(message)) bulk.receive(frame)
        }
      } catch (error) {
        refuse(error)
      }
    })
    link.onClose(() => {
      bulk.close()
      peer.close()
    })
  }
}

async function* withErrorCodes(values: AsyncIterator<unknown>): AsyncGenerator<unknown> {
  let over = false
  try {
    while (true) {
      const next = await values.next()
      over = next.done === true
      if (over) return
      yield next.value
    }
  } catch (thrown) {
    over = true
    throw asRpcError(thrown)
  } finally {
    if (!over) await values.return?.()
  }
}

function asRpcError(thrown: unknown, report?: (sentence: string) => void): ORPCError<string, ErrorData> {
  if (thrown instanceof MillraceError) {
    return new ORPCError(thrown.code, {
      message: messageOf(thrown),
      data: thrown.component === undefined ? {} : { component: thrown.component },
    })
  }
  if (thrown instanceof ORPCError) {
    const issues = (thrown.data as { issues?: readonly { message: string; path?: readonly { key: unknown }[] }[] } | undefined)?.issues
    if (thrown.code !== 'BAD_REQUEST' || issues === undefined) return thrown
    const sentences = issues.map(({ path, message }) => `${path?.map(({ key }) => key).join('.') ?? 'input'}: ${message}`)
    return new ORPCError('BAD_ARGUMENT', { message: sentences.join('; '), data: {} })
  }
  report?.(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown))
  return new ORPCError('INTERNAL', { message: messageOf(thrown), data: {} })
}

function isAsyncIterator(value: unknown): value is AsyncIterator<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
