// startEngine: the one door to everything that is not a face. It opens a workspace, takes up what was running there, and serves the
// contract on links. Imports no Electron; what it needs of the outside comes in through `deps`.
import type { EngineLink } from '../src-shared/contract/engine-link.ts'
import type { EngineOverview } from '../src-shared/contract/workspace.ts'
import type { Clock } from './clock.ts'
import { builtInRegistry, type Registry } from './component/registry.ts'
import { ChannelService } from './engine/channel-service.ts'
import { componentCatalog } from './engine/component-catalog.ts'
import { DeadLetterService } from './engine/dead-letter-service.ts'
import { Demo } from './engine/demo/demo.ts'
import { LanguageServers } from './engine/language/language-servers.ts'
import { LogService } from './engine/log-index/log-service.ts'
import { OutputRing } from './engine/output-ring.ts'
import { PipelineService } from './engine/pipeline/pipeline-service.ts'
import { channelsRouter } from './engine/router/channels-router.ts'
import { componentsRouter } from './engine/router/components-router.ts'
import { deadLettersRouter } from './engine/router/dead-letters-router.ts'
import { languageRouter } from './engine/router/language-router.ts'
import { logsRouter } from './engine/router/logs-router.ts'
import { pipelinesRouter } from './engine/router/pipelines-router.ts'
import { settingsRouter } from './engine/router/settings-router.ts'
import { streamsRouter } from './engine/router/streams-router.ts'
import { tapsRouter } from './engine/router/taps-router.ts'
import { workspaceRouter } from './engine/router/workspace-router.ts'
import { linkServer, os } from './engine/serve-link.ts'
import { SettingsService } from './engine/settings-service.ts'
import { StreamService } from './engine/stream/stream-service.ts'
import { TapService } from './engine/tap-service.ts'
import { Trust } from './engine/trust/trust.ts'
import { WorkspaceService } from './engine/workspace-service.ts'
import type { Logger } from './log.ts'
import { type SpawnProgram, spawnProgram } from './streaming/program/spawn-program.ts'
import { foldersOf, type WorkspaceFolders } from './workspace/folders.ts'
import { lockWorkspace } from './workspace/workspace-lock.ts'
import { WorkspaceStore } from './workspace/workspace-store.ts'

export interface EngineDeps {
  /** Folder of the workspace; made when it is not there. */
  readonly workspace: string
  readonly version: string
  readonly clock: Clock
  readonly log: Logger
  /** Environment for `${env:…}` of configurations; the process's own when absent. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Components; those of this build when absent. */
  readonly registry?: Registry
  /** How a stream program's process is started; by forking this Node when absent. */
  readonly spawn?: SpawnProgram
  /** Where the examples lie; found beside the build when absent. */
  readonly projectFolder?: string
}

export interface Engine {
  /** Serves the contract on a link until it closes. */
  serve(link: EngineLink): void
  overview(): EngineOverview
  /** Stops pipelines and streams (they run again at the next start), then everything else. Every call waits for the same end. */
  stop(): Promise<void>
}

/** Rejects with CHANNEL_LOCKED when another engine uses the workspace, IO when it cannot be opened. */
export async function startEngine(deps: EngineDeps): Promise<Engine> {
  const { clock } = deps
  const { folders, store, close: closeWorkspace } = openWorkspace(deps.workspace)
  const output = new OutputRing(clock)
  const log = output.logger(deps.log)
  const registry = deps.registry ?? builtInRegistry()
  const recovered = recovery(store.takeCrashed())
  if (recovered !== undefined) log.warn(recovered)

  const trust = new Trust(store, clock)
  const pipelines = new PipelineService({ clock, log, registry, env: deps.env ?? process.env, store, folders, trust })
  const streams = new StreamService({ clock, log, registry, store, folders, pipelines, trust, spawn: deps.spawn ?? spawnProgram })
  pipelines.streams = streams
  const logs = new LogService({ clock, remember: (paths) => store.setOpenLogs(paths) })
  const workspace = new WorkspaceService({ clock, version: deps.version, folders, store, output, pipelines, streams, recovered })
  const languages = new LanguageServers(log)
  const demo = new Demo({ clock, log, folders, pipelines, streams, logs, projectFolder: deps.projectFolder })

  const router = os.router({
    workspace: workspaceRouter(workspace),
    pipelines: pipelinesRouter(pipelines, demo),
    logs: logsRouter(logs, (path) => store.addRecent(path, 'log', clock.now())),
    streams: streamsRouter(streams),
    channels: channelsRouter(new ChannelService(pipelines, registry, clock)),
    deadLetters: deadLettersRouter(new DeadLetterService(pipelines)),
    taps: tapsRouter(new TapService(pipelines, clock)),
    settings: settingsRouter(new SettingsService(store, clock)),
    components: componentsRouter(componentCatalog(registry)),
    language: languageRouter(languages),
  })
  const serve = linkServer(router, log)
  const links = new Set<EngineLink>()

  await pipelines.restore()
  await streams.restore()
  demo.restore()
  for (const path of store.openLogs()) {
    // A file that is gone meanwhile is simply not open any more.
    void logs.open(path).catch((error: Error) => log.info(error.message))
  }
  log.info('The engine is ready.', { workspace: folders.root })

  const stop = async (): Promise<void> => {
    workspace.state = 'stopping'
    demo.stop()
    await streams.stopAll()
    await pipelines.stopAll()
    for (const link of links) link.close()
    await logs.stop()
    closeWorkspace()
  }
  let stopped: Promise<void> | undefined
  return {
    serve: (link) => {
      links.add(link)
      link.onClose(() => links.delete(link))
      serve(link)
    },
    overview: () => workspace.now(),
    stop: () => {
      stopped ??= stop()
      return stopped
    },
  }
}

interface OpenWorkspace {
  readonly folders: WorkspaceFolders
  readonly store: WorkspaceStore
  close(): void
}

function openWorkspace(folder: string): OpenWorkspace {
  const folders = foldersOf(folder)
  const store = WorkspaceStore.open(folders)
  try {
    const unlock = lockWorkspace(folders.lock, folders.root)
    return {
      folders,
      store,
      close: () => {
        store.close()
        unlock()
      },
    }
  } catch (error) {
    store.close()
    throw error
  }
}

function recovery(crashed: readonly string[]): string | undefined {
  return crashed.length === 0 ? undefined : `The engine was ended while ${crashed.join(', ')} ran; it goes on from the durable state.`
}
