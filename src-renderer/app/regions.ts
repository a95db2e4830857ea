// F6: from region to region in reading order, to the place in it that has the tab stop.

export function stepRegion(step: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')]
  const now = regions.findIndex((region) => region.contains(document.activeElement))
  const next = regions[(now + step + regions.length) % regions.length] ?? regions[0]
  if (next === undefined) return
  const stop = [...next.querySelectorAll<HTMLElement>('[tabindex="0"], button, input, [role="tree"] [tabindex="0"]')].find(
    (element) => element.tabIndex >= 0 && element.offsetParent !== null && element.getAttribute('role') !== 'separator',
  )
  ;(stop ?? next).focus()
}
