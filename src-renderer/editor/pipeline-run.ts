// Starts, stops and renews a pipeline from its view. What is seen is what is started: a draft is saved first.
import { engine } from '../rpc/connection.ts'
import { doing } from '../shell/doing.ts'
import { startAsking } from '../shell/start-asking.ts'
import type { PipelineDraft } from './pipeline-draft.ts'

export interface PipelineRun {
  start(): void
  stop(): void
  /** What runs goes on by the text that is seen. */
  apply(): void
}

export function pipelineRun(id: string, { dirty, save }: Pick<PipelineDraft, 'dirty' | 'save'>): PipelineRun {
  const saved = async (): Promise<boolean> => !dirty || (await save())
  return {
    start: () =>
      void doing('The pipeline could not be started', async () => {
        if (await saved()) await startAsking((approve) => engine.pipelines.start({ id, approve }))
      }),
    stop: () => void doing('The pipeline could not be stopped', () => engine.pipelines.stop({ id })),
    apply: () =>
      void doing('What runs was left as it is', async () => {
        if (await saved()) await startAsking((approve) => engine.pipelines.apply({ id, approve }))
      }),
  }
}
