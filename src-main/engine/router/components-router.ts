// The contract's `components` area.
import type { ComponentInfo } from '../../../src-shared/contract/components.ts'
import { os } from '../serve-link.ts'

export function componentsRouter(catalog: readonly ComponentInfo[]) {
  return os.components.router({ catalog: os.components.catalog.handler(() => catalog) })
}
