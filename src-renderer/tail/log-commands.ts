// What the keyboard and the palette do in a log: go to lines, hits, marks and errors, follow, search.
import { engine } from '../rpc/connection.ts'
import { useCommand } from '../shell/command-registry.ts'
import { doing } from '../shell/doing.ts'
import { changeSettings, useSettings } from '../shell/settings.ts'
import { openTab } from '../shell/tabs.ts'
import type { LogModel } from './log-model.ts'
import type { LogSearch } from './log-search.ts'
import { nextError } from './next-error.ts'

export interface LogCommandsOptions {
  readonly model: LogModel
  readonly search: LogSearch
  /** Of the log's file; undefined until it is known. */
  readonly path: string | undefined
  readonly onSearch: () => void
  readonly onAskLine: () => void
  readonly onFocusRows: () => void
}

export interface LogCommands {
  /** To the next hit, or the one before. */
  stepHit(step: 1 | -1): void
  /** Follows, and gives the rows the focus. */
  toEnd(): void
  makePipeline(): void
}

/** Binds the commands while the view is shown; answers those that have a button too. */
export function useLogCommands({ model, search, path, onSearch, onAskLine, onFocusRows }: LogCommandsOptions): LogCommands {
  const { wrapLines } = useSettings()
  const from = model.current ?? Math.floor(model.place.top) - 1
  const goTo = (line: number | undefined): void => {
    if (line !== undefined) model.goTo(line)
  }
  const stepHit = (step: 1 | -1): void => goTo(search.next(from, step))
  const stepMark = (step: 1 | -1): void => {
    const marks = [...model.marks].sort((a, b) => a - b)
    goTo(step === 1 ? (marks.find((line) => line > from) ?? marks[0]) : (marks.findLast((line) => line < from) ?? marks.at(-1)))
  }
  const stepError = (step: 1 | -1): void =>
    void doing('The log could not be looked through', async () => goTo(await nextError(model, from, step)))
  const toEnd = (): void => {
    model.setFollowing(true)
    onFocusRows()
  }
  const makePipeline = (): void =>
    void doing('No pipeline could be made from this log', async () => {
      if (path === undefined) return
      const { id } = await engine.pipelines.createFromLog({ path })
      openTab({ view: 'pipeline', id })
    })

  useCommand('log.search', onSearch)
  useCommand('log.next-hit', () => stepHit(1))
  useCommand('log.previous-hit', () => stepHit(-1))
  useCommand('log.follow', () => model.setFollowing(!model.place.following))
  useCommand('log.end', toEnd)
  useCommand('log.start', () => model.scrollTo(0))
  useCommand('log.down', () => model.goTo((model.current ?? from) + 1))
  useCommand('log.up', () => model.goTo((model.current ?? from + 2) - 1))
  useCommand('log.mark', () => model.current !== undefined && model.toggleMark(model.current))
  useCommand('log.next-mark', () => stepMark(1))
  useCommand('log.previous-mark', () => stepMark(-1))
  useCommand('log.next-error', () => stepError(1))
  useCommand('log.previous-error', () => stepError(-1))
  useCommand('log.go-to-line', onAskLine)
  useCommand('log.wrap', () => changeSettings({ wrapLines: !wrapLines }))
  useCommand('log.make-pipeline', makePipeline, path !== undefined)
  return { stepHit, toEnd, makePipeline }
}
