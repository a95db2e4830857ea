// What runs on an older Node than the one that the project brings would end in the middle, with words of Node's.
import { MillraceError } from '../../src-shared/errors.ts'

const oldestMajor = 24

/** `version` as process.versions.node has it. Throws BAD_ARGUMENT when it is too old. */
export function requireNode(version: string): void {
  if (Number.parseInt(version, 10) >= oldestMajor) return
  throw new MillraceError(
    'BAD_ARGUMENT',
    `Millrace needs Node ${oldestMajor} or newer, and this is ${version}. In its folder, \`npm run -s millrace -- COMMAND\` uses the Node that it brings; elsewhere, put its node_modules/.bin first on the PATH.`,
  )
}
