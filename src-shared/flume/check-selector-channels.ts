// Channel names inside a selector's properties: each must be a channel of the source.
import { nearestName } from '../spec/parse-options.ts'
import type { AgentLoad } from './agent-load.ts'
import type { RawComponent } from './raw-configuration.ts'

/** Reports every name that is none. False when the source cannot run with them: an unknown channel would send events to the wrong place. */
export function checkSelectorChannels(
  load: AgentLoad,
  path: string,
  component: RawComponent,
  type: string,
  channels: readonly string[],
): boolean {
  if (type !== 'multiplexing' && type !== 'replicating') return true
  let usable = true
  for (const [key, value] of Object.entries(component.properties)) {
    const part = /^selector\.(mapping\..+|default|optional(?:\..+)?)$/.exec(key)?.[1]
    if (part === undefined || (type === 'replicating' && part !== 'optional')) continue
    for (const name of value.split(/\s+/)) {
      if (channels.includes(name)) continue
      // In its list of optional channels a replicating selector passes it over; others would lack a channel where an event goes.
      const harmless = type === 'replicating'
      const nearest = nearestName(name, channels)
      load.report.component(path, component, {
        severity: harmless ? 'warning' : 'error',
        code: 'CHANNEL_MISSING',
        key,
        message: `${name} is not a channel of source ${component.name}${harmless ? '; it is ignored' : ', which is left out so that no event goes astray'}.`,
        ...(harmless && { rule: 'replicating-optional-unknown' }),
        hint: nearest === undefined ? `Its channels are ${channels.join(' ')}.` : `Did you mean ${nearest}?`,
      })
      usable &&= harmless
    }
  }
  return usable
}
