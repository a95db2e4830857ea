// What can be done with the pipeline that is shown, as commands: in the palette, by shortcut, in the menu.
import { useCommand } from '../shell/command-registry.ts'
import type { PipelineDraft } from './pipeline-draft.ts'
import type { Mode } from './pipeline-head.tsx'
import type { PipelineLive } from './pipeline-live.ts'
import type { PipelineRun } from './pipeline-run.ts'

export interface PipelineCommandsOptions {
  readonly draft: PipelineDraft
  readonly live: PipelineLive
  readonly run: PipelineRun
  readonly mode: Mode
  readonly onMode: (mode: Mode) => void
  readonly onFit: () => void
  readonly onArrange: () => void
  /** Opens or closes the palette of components. */
  readonly onAdding: () => void
}

export function usePipelineCommands({ draft, live, run, mode, onMode, onFit, onArrange, onAdding }: PipelineCommandsOptions): void {
  useCommand('pipeline.start', run.start, !live.runs)
  useCommand('pipeline.stop', run.stop, live.runs)
  useCommand('pipeline.apply', run.apply, live.runs && (draft.dirty || draft.document?.runningOlder === true))
  useCommand('pipeline.text', () => onMode(mode === 'canvas' ? 'split' : mode === 'split' ? 'text' : 'canvas'))
  useCommand('pipeline.fit', onFit)
  useCommand('pipeline.arrange', onArrange)
  useCommand('document.save', () => void draft.save(), draft.dirty)
  useCommand('pipeline.undo', draft.undo, draft.canUndo)
  useCommand('pipeline.redo', draft.redo, draft.canRedo)
  useCommand('pipeline.add', onAdding, mode !== 'text')
}
