// Starts something that may have come from elsewhere: the person sees what it would run and agrees, or nothing is started.
import type { StartAnswer, WouldRun } from '../../src-shared/contract/trust.ts'
import { overlay } from './overlay.ts'

export async function startAsking(start: (approve?: string[]) => Promise<StartAnswer>): Promise<void> {
  let { asks } = await start()
  // Asked again when the file changed while the question was open.
  while (asks.length > 0 && (await agrees(asks))) ({ asks } = await start(asks.map(({ digest }) => digest)))
}

function agrees(asks: readonly WouldRun[]): Promise<boolean> {
  return new Promise((resolve) => overlay.set({ kind: 'trust', asks, answer: resolve }))
}
