// What a tab says whose subject cannot be shown: which, why, and the way to close it.
import type { ReactNode } from 'react'
import { Button } from '../ui/button.tsx'
import { Empty } from '../ui/empty.tsx'
import { closeTab } from './tabs.ts'

/** `hash`: of the tab. `children`: why. */
export function NotShown({ title, hash, children }: { title: string; hash: string; children: ReactNode }) {
  return (
    <Empty title={title} actions={<Button onClick={() => closeTab(hash)}>Close tab</Button>}>
      {children}
    </Empty>
  )
}
