// Makes the cases of `errors/` without results: make-error-cases.ts OUT. A case is named by its place in the list: new ones go to the end.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { graphErrors } from './error-cases/graph-errors.ts'
import { failuresBehind, jobErrors } from './error-cases/job-errors.ts'
import { lifecycleErrors } from './error-cases/lifecycle-errors.ts'
import { startErrors } from './error-cases/start-errors.ts'
import { windowErrors } from './error-cases/window-errors.ts'

const out = join(process.argv[2] ?? 'made', 'errors')
const all = [...windowErrors, ...startErrors, ...lifecycleErrors, ...graphErrors, ...jobErrors, ...failuresBehind]
mkdirSync(out, { recursive: true })
all.forEach((made, index) => {
  const id = `more-error-${String(index + 1).padStart(2, '0')}`
  writeFileSync(join(out, `${id}.json`), `${JSON.stringify({ id, ...made })}\n`)
})
