// The contract's `workspace` area.
import { os } from '../serve-link.ts'
import type { WorkspaceService } from '../workspace-service.ts'

export function workspaceRouter(workspace: WorkspaceService) {
  return os.workspace.router({
    overview: os.workspace.overview.handler(({ signal }) => workspace.overview(signal)),
    problems: os.workspace.problems.handler(({ signal }) => workspace.problems(signal)),
    recent: os.workspace.recent.handler(({ signal }) => workspace.recent(signal)),
    forgetRecent: os.workspace.forgetRecent.handler(({ input }) => workspace.forgetRecent(input.path)),
    output: os.workspace.output.handler(({ input, signal }) => workspace.output(input.after, signal)),
    listFolder: os.workspace.listFolder.handler(({ input }) => workspace.listFolder(input.path)),
    metrics: os.workspace.metrics.handler(() => workspace.metrics()),
    diagnostics: os.workspace.diagnostics.handler(() => workspace.diagnostics()),
  })
}
