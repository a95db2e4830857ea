// A defect in one view stays in that view: it says so, with the error's text, and offers to show it anew.
import { Component, type ReactNode } from 'react'
import { Button } from '../ui/button.tsx'
import { Empty } from '../ui/empty.tsx'

interface State {
  readonly error: Error | undefined
}

export class ViewBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: undefined }

  static getDerivedStateFromError(error: Error): State {
    return { error }
  }

  override componentDidCatch(error: Error): void {
    console.error(error)
  }

  override render(): ReactNode {
    const { error } = this.state
    if (error === undefined) return this.props.children
    return (
      <Empty
        title="This view has met a defect of Millrace"
        actions={<Button onClick={() => this.setState({ error: undefined })}>Show it anew</Button>}
      >
        <p className="selectable mono">{error.message}</p>
        <p>Pipelines and streams go on; nothing else is affected.</p>
      </Empty>
    )
  }
}
