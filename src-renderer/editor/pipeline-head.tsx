// The head of a pipeline's view: what it does, what is wrong with its text, and what can be done now; and what is to be said below it.
import { Play, Plus, RefreshCw, Save, Square } from 'lucide-react'
import { keysOf } from '../shell/command-registry.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { plural } from '../ui/format.ts'
import { runStateMark } from '../ui/run-state.ts'
import { Segments } from '../ui/segments.tsx'
import { StateMark } from '../ui/state-mark.tsx'
import type { PipelineDraft } from './pipeline-draft.ts'
import type { PipelineLive } from './pipeline-live.ts'
import type { PipelineRun } from './pipeline-run.ts'

/** What a pipeline is shown as. */
export type Mode = 'canvas' | 'split' | 'text'

const modes: readonly { value: Mode; title: string }[] = [
  { value: 'canvas', title: 'Canvas' },
  { value: 'split', title: 'Split' },
  { value: 'text', title: 'Text' },
]

export interface PipelineHeadProps {
  draft: PipelineDraft
  live: PipelineLive
  run: PipelineRun
  mode: Mode
  /** The palette of components is open. */
  adding: boolean
  onMode: (mode: Mode) => void
  onAdding: (adding: boolean) => void
  onLine: (line: number) => void
}

export function PipelineHead({ draft, live, run, mode, adding, onMode, onAdding, onLine }: PipelineHeadProps) {
  return (
    <header className="view-head">
      <StateMark state={runStateMark(live.state)} />
      <Sentence state={live.state} text={live.sentence} />
      <ProblemCount draft={draft} onLine={onLine} />
      <span className="grow" />
      {mode !== 'text' && (
        <IconButton label="Add a component" keys={keysOf('pipeline.add')} pressed={adding} onClick={() => onAdding(!adding)}>
          <Plus size={16} strokeWidth={1.75} />
        </IconButton>
      )}
      {draft.dirty && (
        <Button icon={<Save size={14} strokeWidth={1.75} />} onClick={() => void draft.save()}>
          Save
        </Button>
      )}
      {draft.dirty && live.runs && (
        <Button icon={<RefreshCw size={14} strokeWidth={1.75} />} onClick={run.apply}>
          Save and apply
        </Button>
      )}
      <Segments label="Canvas or text" value={mode} options={modes} onChange={onMode} />
      {live.runs ? (
        <Button icon={<Square size={13} fill="currentColor" />} onClick={run.stop}>
          Stop
        </Button>
      ) : (
        <Button
          look="primary"
          icon={<Play size={13} fill="currentColor" />}
          onClick={run.start}
          whyNot={live.state === 'stopping' ? 'It is being stopped.' : undefined}
        >
          Start
        </Button>
      )}
    </header>
  )
}

/** A sentence that says no more than the state beside it is left out. */
function Sentence({ state, text }: { state: string; text: string }) {
  const more = text.toLowerCase() === `${state}.` ? '' : text
  return (
    <span className="view-sentence ellipsis" title={text}>
      {more}
    </span>
  )
}

/** How many errors there are, or else warnings; goes to the first. */
function ProblemCount({ draft: { problems }, onLine }: { draft: PipelineDraft; onLine: (line: number) => void }) {
  const errors = problems.filter((problem) => problem.severity === 'error').length
  const warnings = problems.filter((problem) => problem.severity === 'warning').length
  if (errors + warnings === 0) return null
  const line = problems.find((each) => each.line !== undefined && each.severity !== 'info')?.line ?? 1
  return (
    <button type="button" className={errors > 0 ? 'view-problems view-problems-error' : 'view-problems'} onClick={() => onLine(line)}>
      {errors > 0 ? plural(errors, 'error') : plural(warnings, 'warning')}
    </button>
  )
}

/** What happened to the text beside this view, and what can be done. */
export function PipelineNotices({ draft, onApply }: { draft: PipelineDraft; onApply: () => void }) {
  if (draft.saveTrouble !== undefined || draft.changedElsewhere) {
    return (
      <div className="view-notice view-notice-warning" role="status">
        <span className="grow">
          {draft.changedElsewhere ? 'The file was changed elsewhere since you began to edit it.' : draft.saveTrouble}
        </span>
        <Button onClick={draft.discard}>Take the saved text</Button>
        <Button onClick={() => void draft.save(true)}>Save mine</Button>
      </div>
    )
  }
  if (draft.document?.runningOlder !== true) return null
  return (
    <div className="view-notice" role="status">
      <span className="grow">What runs was started from an older text.</span>
      <Button onClick={onApply}>Apply this text</Button>
    </div>
  )
}
