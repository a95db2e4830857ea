// What a replay gave, in a sentence, and which of the two runs the columns show.
import { Button } from '../ui/button.tsx'
import { Segments } from '../ui/segments.tsx'
import type { Replay } from './replay.ts'

export type ShownRun = 'recorded' | 'replayed'

export interface ReplayNoticeProps {
  replay: Replay
  shown: ShownRun
  onShow: (shown: ShownRun) => void
  onDismiss: () => void
}

export function ReplayNotice({ replay, shown, onShow, onDismiss }: ReplayNoticeProps) {
  const { result, trouble, by } = replay
  const how = by === 'recorded' ? 'Replayed' : 'Replayed with the program as it is now'
  return (
    <div className={result?.same === true ? 'view-notice view-notice-good' : 'view-notice view-notice-warning'} role="status">
      <span className="grow selectable">
        {result === undefined
          ? `The batch could not be replayed. ${trouble ?? ''}`
          : result.same
            ? `${how}: the same output. Nothing was written.`
            : `${how}: ${result.difference ?? 'the output differs'}. Nothing was written.`}
      </span>
      {result !== undefined && (
        <Segments<ShownRun>
          label="Which run the columns show"
          value={shown}
          options={[
            { value: 'recorded', title: 'Recorded' },
            { value: 'replayed', title: 'Replayed' },
          ]}
          onChange={onShow}
        />
      )}
      <Button onClick={onDismiss}>Dismiss</Button>
    </div>
  )
}
