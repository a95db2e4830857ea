// Which component shows a route. Each view is a chunk of its own, loaded when it is first shown.
import { lazy } from 'react'
import type { Route } from '../shell/routes.ts'

const PipelineView = lazy(async () => ({ default: (await import('../editor/pipeline-view.tsx')).PipelineView }))
const LogView = lazy(async () => ({ default: (await import('../tail/log-view.tsx')).LogView }))
const StreamView = lazy(async () => ({ default: (await import('../batches/stream-view.tsx')).StreamView }))
const BatchView = lazy(async () => ({ default: (await import('../batches/batch-view.tsx')).BatchView }))
const ProgramView = lazy(async () => ({ default: (await import('../batches/program-view.tsx')).ProgramView }))
const ChannelView = lazy(async () => ({ default: (await import('../channels/channel-view.tsx')).ChannelView }))
const DeadLettersView = lazy(async () => ({ default: (await import('../dead-letters/dead-letters-view.tsx')).DeadLettersView }))
const ProblemsView = lazy(async () => ({ default: (await import('../problems/problems-view.tsx')).ProblemsView }))
const SettingsView = lazy(async () => ({ default: (await import('../settings/settings-view.tsx')).SettingsView }))
const WelcomeView = lazy(async () => ({ default: (await import('../welcome/welcome-view.tsx')).WelcomeView }))

export function View({ route, hash }: { route: Route; hash: string }) {
  switch (route.view) {
    case 'pipeline':
      return <PipelineView id={route.id} hash={hash} />
    case 'log':
      return <LogView id={route.id} />
    case 'stream':
      return <StreamView id={route.id} />
    case 'program':
      return <ProgramView id={route.id} hash={hash} />
    case 'batch':
      return <BatchView id={route.id} batchTime={route.batchTime} />
    case 'channel':
      return <ChannelView id={route.id} />
    case 'dead-letters':
      return <DeadLettersView key={route.id} id={route.id} />
    case 'problems':
      return <ProblemsView />
    case 'settings':
      return <SettingsView />
    case 'welcome':
      return <WelcomeView />
  }
}
