// The contract's `deadLetters` area.
import type { DeadLetterService } from '../dead-letter-service.ts'
import { os } from '../serve-link.ts'

export function deadLettersRouter(deadLetters: DeadLetterService) {
  return os.deadLetters.router({
    page: os.deadLetters.page.handler(({ input }) => deadLetters.page(input.id, input.from)),
    replay: os.deadLetters.replay.handler(({ input }) => deadLetters.replay(input.id, input.host, input.port)),
  })
}
