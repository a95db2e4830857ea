// The contract's `pipelines` area.
import type { PipelineService } from '../pipeline/pipeline-service.ts'
import { os } from '../serve-link.ts'

export interface DemoStarter {
  start(): Promise<{ pipeline: string; stream: string; log: string }>
}

export function pipelinesRouter(pipelines: PipelineService, demo: DemoStarter) {
  return os.pipelines.router({
    list: os.pipelines.list.handler(({ signal }) => pipelines.list(signal)),
    open: os.pipelines.open.handler(({ input }) => pipelines.open(input.path)),
    create: os.pipelines.create.handler(({ input }) => pipelines.create(input.name, input.text)),
    createFromLog: os.pipelines.createFromLog.handler(({ input }) => pipelines.createFromLog(input.path, input.name)),
    createDemo: os.pipelines.createDemo.handler(() => demo.start()),
    close: os.pipelines.close.handler(({ input }) => pipelines.close(input.id)),
    start: os.pipelines.start.handler(({ input }) => pipelines.start(input.id, input.approve)),
    apply: os.pipelines.apply.handler(({ input }) => pipelines.apply(input.id, input.approve)),
    stop: os.pipelines.stop.handler(({ input }) => pipelines.stop(input.id)),
    document: os.pipelines.document.handler(({ input, signal }) => pipelines.document(input.id, signal)),
    save: os.pipelines.save.handler(({ input }) => pipelines.save(input.id, input.text, input.baseVersion)),
    check: os.pipelines.check.handler(({ input }) => pipelines.check(input.id, input.text)),
    moveNodes: os.pipelines.moveNodes.handler(({ input }) => pipelines.moveNodes(input.id, input.positions)),
    watch: os.pipelines.watch.handler(({ input, signal }) => pipelines.watch(input.id, signal)),
    rates: os.pipelines.rates.handler(({ input }) => pipelines.rates(input.id, input.of, input.span)),
  })
}
