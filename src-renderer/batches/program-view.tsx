// A stream program's text: edit, save, run again. Its problems stand at their lines.
import { Play, Save } from 'lucide-react'
import { useEffect, useState } from 'react'
import { engine } from '../rpc/connection.ts'
import { useCommand } from '../shell/command-registry.ts'
import { useDirty } from '../shell/dirty.ts'
import { doing } from '../shell/doing.ts'
import { NotShown } from '../shell/not-shown.tsx'
import { revealPlace } from '../shell/reveal.ts'
import { startAsking } from '../shell/start-asking.ts'
import { openTab } from '../shell/tabs.ts'
import { useStreams } from '../shell/titles.ts'
import { Button } from '../ui/button.tsx'
import { CodeEditor, type CodePlace } from '../ui/code-editor.tsx'
import { baseName, plural } from '../ui/format.ts'
import { runStateMark } from '../ui/run-state.ts'
import { StateMark } from '../ui/state-mark.tsx'
import { useStore } from '../ui/store.ts'
import './batches.css'
import { useProgramText } from './program-text.ts'
import { useProgramTypes } from './program-types.ts'

export function ProgramView({ id, hash }: { id: string; hash: string }) {
  const program = useProgramText(id)
  const { document, dirty, text } = program
  const summary = useStreams()?.find((each) => each.id === id)
  const types = useProgramTypes(document?.file)
  const [reveal, setReveal] = useState<CodePlace>()
  useDirty(hash, dirty)
  const asked = useStore(revealPlace)
  useEffect(() => {
    if (asked?.hash !== hash) return
    // Answered once: who comes back to this tab later finds the cursor where it was.
    revealPlace.set(undefined)
    setReveal({ line: asked.line, column: asked.column ?? 1, focus: true })
  }, [asked, hash])

  const save = (force = false): void => void program.save({ restart: false, force })
  const run = async (): Promise<void> => {
    if (document === undefined) return
    const goesOn = dirty && summary?.state === 'running'
    if (!(await program.save({ restart: true })) || goesOn) return
    await doing('The stream could not be run', async () => {
      if (!dirty) await engine.streams.stop({ id })
      await startAsking((approve) => engine.streams.start({ id, approve }))
    })
  }
  useCommand('document.save', () => save(), dirty)
  useCommand('stream.start', () => void run())

  if (document === undefined) {
    if (program.trouble === undefined) return null
    return (
      <NotShown title="This program cannot be shown" hash={hash}>
        {program.trouble}
      </NotShown>
    )
  }
  // While the text is not TypeScript, what the compiler says is about the same place, in other words.
  const problems = program.problems.length > 0 ? program.problems : types.problems
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
            onClick={() => setReveal({ line: first.line, column: first.column, focus: true })}
            title={first.message}
          >
            {plural(problems.length, 'problem')}
          </button>
        )}
        <span className="grow" />
        <Button onClick={() => openTab({ view: 'stream', id })}>Batches</Button>
        <Button
          icon={<Save size={14} strokeWidth={1.75} />}
          onClick={() => save()}
          whyNot={dirty ? undefined : 'The file has this text already.'}
        >
          Save
        </Button>
        <Button look="primary" icon={<Play size={13} fill="currentColor" />} onClick={() => void run()}>
          {dirty ? 'Save and run' : summary?.state === 'running' ? 'Run again' : 'Run'}
        </Button>
      </header>
      {program.saveTrouble !== undefined && (
        <div className="view-notice view-notice-warning" role="status">
          <span className="grow selectable">{program.saveTrouble}</span>
          <Button onClick={program.discard}>Take the saved text</Button>
          <Button onClick={() => save(true)}>Save mine</Button>
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
          onChange={program.edit}
        />
      </div>
    </div>
  )
}
