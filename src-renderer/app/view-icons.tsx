// One icon per kind of view, the same everywhere.
import { Activity, Cylinder, FileCode, House, ListTree, MailX, ScrollText, Settings, TriangleAlert, Workflow } from 'lucide-react'
import type { ReactNode } from 'react'
import type { ViewName } from '../shell/routes.ts'

const icons = {
  welcome: House,
  pipeline: Workflow,
  log: ScrollText,
  stream: Activity,
  program: FileCode,
  batch: ListTree,
  channel: Cylinder,
  'dead-letters': MailX,
  problems: TriangleAlert,
  settings: Settings,
} as const

export function viewIcon(view: ViewName, size = 14): ReactNode {
  const Icon = icons[view]
  return <Icon size={size} strokeWidth={1.75} aria-hidden="true" />
}
