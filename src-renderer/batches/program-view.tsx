// A stream program's text: edit, save, run again. Its problems stand at their lines.
import { Play, Save } from 'lucide-react'
import { useCallback, useEffect, useRef, useState } from 'react'
import { asMillraceError } from '../../src-shared/contract/client.ts'
import type { ProgramDocument, ProgramProblem } from '../../src-shared/contract/streams.ts'
import { engine } from '../rpc/connection.ts'
import { useLive } from '../rpc/live.ts'
import { useSaved } from '../rpc/saved.ts'
import { useCommand } from '../shell/command-registry.ts'
import { useDirty } from '../shell/dirty.ts'
import { doing } from '../shell/doing.ts'
import { revealPlace } from '../shell/reveal.ts'
import { startAsking } from '../shell/start-asking.ts'
import { closeTab, openTab } from '../shell/tabs.ts'
import { useStreams } from '../shell/titles.ts'
import { Button } from '../ui/button.tsx'
import { CodeEditor } from '../ui/code-editor.tsx'
import { Empty } from '../ui/empty.tsx'
import { baseName, plural } from '../ui/format.ts'
import { runStateMark } from '../ui/run-state.ts'
import { StateMark } from '../ui/state-mark.tsx'
import { useStore } from '../ui/store.ts'
import './batches.css'
import { useDraft } from './program-drafts.ts'
import { useProgramTypes } from './program-types.ts'

export function ProgramView({ id, hash }: { id: string; hash: string }) {
  const { value: live, error } = useLive(`program ${id}`, (client) => client.streams.program({ id }))
  const [document, keepSaved] = useSaved(live)
  const summary = useStreams()?.find((each) => each.id === id)
  const [draft, setDraft] = useState<{ readonly text: string; readonly base: string }>()
  const [checked, setChecked] = useState<{ readonly text: string; readonly problems: readonly ProgramProblem[] }>()
  const [trouble, setTrouble] = useState<string>()
  const types = useProgramTypes(document?.file)
  const [reveal, setReveal] = useState<{ line: number; column: number }>()
  const latest = useRef<ProgramDocument>(undefined)
  useEffect(() => {
    latest.current = document
  })
  const dirty = draft !== undefined && document !== undefined && draft.text !== document.text
  const text = dirty ? draft.text : (document?.text ?? '')
  useDirty(hash, dirty)
  useDraft(id, dirty ? text : undefined)
  const asked = useStore(revealPlace)
  useEffect(() => {
    if (asked?.hash === hash) setReveal({ line: asked.line, column: asked.column ?? 1 })
  }, [asked, hash])

  useEffect(() => {
    if (!dirty) return
    const timer = setTimeout(() => {
      engine.streams.checkProgram({ id, text }).then(
        (problems) => setChecked({ text, problems }),
        () => undefined, // The engine is away; the next key asks again.
      )
    }, 300)
    return () => clearTimeout(timer)
  }, [id, text, dirty])

  const edit = useCallback((next: string) => {
    const version = latest.current?.version
    if (version !== undefined) setDraft((now) => ({ text: next, base: now?.base ?? version }))
  }, [])
  const save = async (restart: boolean, force = false): Promise<void> => {
    if (document === undefined) return
    if (!dirty) {
      if (restart) await doing('The stream could not be run', () => rerun(id))
      return
    }
    try {
      const saved = await engine.streams.saveProgram({ id, text, baseVersion: force ? document.version : draft.base, restart })
      keepSaved(saved)
      setDraft((later) => (later === undefined || later.text === text ? undefined : { text: later.text, base: saved.version }))
      setTrouble(undefined)
      if (restart && summary?.state !== 'running')
        await doing('The stream could not be run', () => startAsking((approve) => engine.streams.start({ id, approve })))
    } catch (thrown) {
      setTrouble(asMillraceError(thrown).message)
    }
  }
  useCommand('document.save', () => void save(false), dirty)
  useCommand('stream.start', () => void save(true))

  if (document === undefined) {
    if (error === undefined) return null
    return (
      <Empty title="This program cannot be shown" actions={<Button onClick={() => closeTab(hash)}>Close tab</Button>}>
        {error.message}
      </Empty>
    )
  }
  const syntax = dirty && checked?.text === text ? checked.problems : document.problems
  // While the text is not TypeScript, what the compiler says is about the same place, in other words.
  const problems = syntax.length > 0 ? syntax : types.problems
  const first = problems[0]
  return (
    <div className="program">
      <header className="view-head">
        {summary !== undefined && <StateMark state={runStateMark(summary.state)} />}
        <span className="view-sentence ellipsis" title={document.file}>
          {document.runningOlder ? 'What runs was started from an older text.' : (summary?.sentence ?? document.file)}
        </span>
        {first !== undefined && (
          <button
            type="button"
            className={first.severity === 'error' ? 'view-problems view-problems-error' : 'view-problems'}
            onClick={() => setReveal({ line: first.line, column: first.column })}
            title={first.message}
          >
            {plural(problems.length, 'problem')}
          </button>
        )}
        <span className="grow" />
        <Button onClick={() => openTab({ view: 'stream', id })}>Batches</Button>
        <Button icon={<Save size={14} strokeWidth={1.75} />} onClick={() => void save(false)} disabled={!dirty}>
          Save
        </Button>
        <Button look="primary" icon={<Play size={13} fill="currentColor" />} onClick={() => void save(true)}>
          {dirty ? 'Save and run' : summary?.state === 'running' ? 'Run again' : 'Run'}
        </Button>
      </header>
      {trouble !== undefined && (
        <div className="view-notice view-notice-warning" role="status">
          <span className="grow selectable">{trouble}</span>
          <Button onClick={() => setDraft(undefined)}>Take the saved text</Button>
          <Button onClick={() => void save(false, true)}>Save mine</Button>
        </div>
      )}
      {types.unknown !== undefined && (
        <div className="view-notice" role="status">
          <span className="grow">
            Editors do not know what this program imports from millrace: no tsconfig.json says where its types are.
          </span>
          <Button onClick={types.write}>Write tsconfig.json</Button>
        </div>
      )}
      <div className="program-body">
        <CodeEditor
          label={`Text of ${baseName(document.file)}`}
          language="typescript"
          text={text}
          problems={problems}
          reveal={reveal}
          support={types.support}
          onChange={edit}
        />
      </div>
    </div>
  )
}

async function rerun(id: string): Promise<void> {
  await engine.streams.stop({ id })
  await startAsking((approve) => engine.streams.start({ id, approve }))
}
