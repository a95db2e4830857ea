// Receives the page's calls: only from the main frame of one of our own pages, only with arguments that parse.
import { type IpcMainEvent, type IpcMainInvokeEvent, ipcMain, type WebContents } from 'electron'
import * as v from 'valibot'
import { messageOf } from '../../src-shared/errors.ts'
import type { Logger } from '../log.ts'
import { type PageCall, type PageCallArguments, pageCalls } from './desktop-calls.ts'
import { wireName } from './desktop-wire.ts'
import { isFromOurPage } from './security.ts'

type Asked = 'openDialog' | 'saveDialog'

/** One function per call; those that are asked answer a promise. */
export type PageCallHandlers = {
  readonly [K in PageCall]: (page: WebContents, ...args: PageCallArguments<K>) => K extends Asked ? Promise<unknown> : void
}

const asked: ReadonlySet<PageCall> = new Set<PageCall>(['openDialog', 'saveDialog'])

export function receivePageCalls(handlers: PageCallHandlers, log: Logger): void {
  for (const call of Object.keys(pageCalls) as PageCall[]) {
    const run = (event: IpcMainEvent | IpcMainInvokeEvent, args: unknown[]): unknown => {
      const parsed = isFromOurPage(event) ? v.safeParse(pageCalls[call], args) : undefined
      if (parsed?.success !== true) {
        const reason =
          parsed === undefined ? `it came from ${event.senderFrame?.url ?? 'a frame that is gone'}` : v.summarize(parsed.issues)
        log.warn('A call from a page was refused.', { call, reason })
        throw new Error(`Millrace refused ${call}: ${reason}`)
      }
      try {
        return (handlers[call] as (page: WebContents, ...args: unknown[]) => unknown)(event.sender, ...parsed.output)
      } catch (error) {
        log.error('A call from a page failed.', { call, reason: messageOf(error) })
        throw error
      }
    }
    if (asked.has(call)) ipcMain.handle(wireName(call), (event, ...args: unknown[]) => run(event, args))
    else {
      ipcMain.on(wireName(call), (event, ...args: unknown[]) => {
        try {
          run(event, args)
        } catch {
          // Logged above; a message that wants no answer has nobody to throw to.
        }
      })
    }
  }
}
