// Contract: component definitions as data, for the palette and the forms.
import { oc } from '@orpc/contract'
import type { PropertySpec } from '../spec/property.ts'
import { answer } from './schema.ts'

export interface ComponentInfo {
  readonly kind: 'source' | 'sink' | 'channel' | 'interceptor' | 'selector' | 'serializer' | 'deserializer' | 'sinkProcessor'
  readonly type: string
  readonly aliases: readonly string[]
  readonly className?: string
  readonly summary: string
  readonly properties: readonly { readonly name: string; readonly spec: PropertySpec }[]
  readonly examples: readonly { readonly title: string; readonly properties: string }[]
  /** Ids of named rules by which it departs from Flume. */
  readonly rules: readonly string[]
}

export const components = {
  /** Sorted by kind and type. */
  catalog: oc.output(answer<readonly ComponentInfo[]>()),
}
