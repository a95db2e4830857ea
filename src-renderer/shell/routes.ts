// What a tab can show, as a value and as the URL's hash: `#/batch/status-count/1763848426000`.

export type Route =
  | { readonly view: 'welcome' }
  | { readonly view: 'pipeline'; readonly id: string }
  | { readonly view: 'log'; readonly id: string }
  | { readonly view: 'stream'; readonly id: string }
  | { readonly view: 'program'; readonly id: string }
  | { readonly view: 'batch'; readonly id: string; readonly batchTime: number }
  | { readonly view: 'channel'; readonly id: string }
  | { readonly view: 'dead-letters'; readonly id: string }
  | { readonly view: 'problems' }
  | { readonly view: 'settings' }

export type ViewName = Route['view']

export function hashOf(route: Route): string {
  const parts: string[] = [route.view]
  if ('id' in route) parts.push(encodeURIComponent(route.id))
  if (route.view === 'batch') parts.push(String(route.batchTime))
  return `#/${parts.join('/')}`
}

/** Undefined for a hash that names no view. */
export function routeOf(hash: string): Route | undefined {
  const [view, encoded, time] = hash.replace(/^#\/?/, '').split('/')
  if (view === 'welcome' || view === 'problems' || view === 'settings') return { view }
  const id = decoded(encoded)
  if (id === undefined || id === '') return undefined
  switch (view) {
    case 'pipeline':
    case 'log':
    case 'stream':
    case 'program':
    case 'channel':
    case 'dead-letters':
      return { view, id }
  }
  const batchTime = Number(time)
  return view === 'batch' && Number.isSafeInteger(batchTime) ? { view, id, batchTime } : undefined
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text)
  } catch {
    return undefined
  }
}
