// Documentation that the language server sends as Markdown, rendered to HTML by the editor's client: only text and its plain structure is
// kept, because a doc comment may hold any HTML.

const kept = new Set(['P', 'PRE', 'CODE', 'EM', 'STRONG', 'UL', 'OL', 'LI', 'BR', 'SPAN', 'HR', 'H1', 'H2', 'H3', 'H4'])
const droppedWhole = new Set(['SCRIPT', 'STYLE', 'IFRAME', 'OBJECT', 'EMBED', 'SVG', 'MATH', 'TEMPLATE'])

/** The same text with no element outside the list and no attribute but the class names of code highlighting. */
export function withoutMarkup(html: string): string {
  const parsed = new DOMParser().parseFromString(html, 'text/html')
  const out = document.createElement('div')
  copy(parsed.body, out)
  return out.innerHTML
}

function copy(from: Node, to: Element): void {
  for (const node of from.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) to.append(node.textContent ?? '')
    else if (node instanceof Element && !droppedWhole.has(node.tagName.toUpperCase())) {
      let target = to
      if (kept.has(node.tagName)) {
        target = document.createElement(node.tagName)
        if (node.tagName === 'SPAN' && node.className !== '') target.className = node.className
        to.append(target)
      }
      copy(node, target)
    }
  }
}
