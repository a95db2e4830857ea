// The open tabs. Each has a URL; the address bar, back and forward follow the active one.
import { hashOf, type Route, routeOf } from './routes.ts'
import { windowState } from './window-state.ts'

/** Shows a route: in its tab when there is one, else in a new tab behind the active one. */
export function openTab(route: Route): void {
  const hash = hashOf(route)
  windowState.set((now) => {
    if (now.tabs.includes(hash)) return { ...now, active: hash }
    const tabs = [...now.tabs]
    const at = now.active === undefined ? -1 : tabs.indexOf(now.active)
    // From batch to batch one tab is used again, so that walking through batches does not fill the bar.
    const same = route.view === 'batch' ? tabs.findIndex((tab) => isBatchOf(tab, route.id)) : -1
    if (same >= 0) tabs[same] = hash
    else tabs.splice(at + 1 || tabs.length, 0, hash)
    return { ...now, tabs, active: hash }
  })
}

function isBatchOf(hash: string, id: string): boolean {
  const route = routeOf(hash)
  return route?.view === 'batch' && route.id === id
}

export function closeTab(hash: string): void {
  windowState.set((now) => {
    const at = now.tabs.indexOf(hash)
    if (at < 0) return now
    const tabs = now.tabs.filter((tab) => tab !== hash)
    return { ...now, tabs, active: now.active === hash ? (tabs[at] ?? tabs[at - 1]) : now.active }
  })
}

export function moveTab(hash: string, before: string | undefined): void {
  windowState.set((now) => {
    if (hash === before) return now
    const tabs = now.tabs.filter((tab) => tab !== hash)
    const at = before === undefined ? tabs.length : tabs.indexOf(before)
    tabs.splice(at, 0, hash)
    return { ...now, tabs }
  })
}

/** The tab `step` places on, around the end. */
export function stepTab(step: number): void {
  windowState.set((now) => {
    if (now.active === undefined || now.tabs.length === 0) return now
    const at = (now.tabs.indexOf(now.active) + step + now.tabs.length) % now.tabs.length
    return { ...now, active: now.tabs[at] }
  })
}

/** Keeps the address bar and the active tab the same, both ways. Called once. */
export function followAddress(): void {
  const take = (): void => {
    const route = routeOf(location.hash)
    if (route !== undefined && hashOf(route) !== windowState.get().active) openTab(route)
  }
  take()
  window.addEventListener('hashchange', take)
  const show = (): void => {
    const { active } = windowState.get()
    const wanted = active ?? '#/'
    if (location.hash !== wanted) history.pushState(null, '', wanted)
  }
  show()
  windowState.subscribe(show)
}
