// fast-check with one seed for all: what a commit's tests say is the same whenever and wherever they run.
// MILLRACE_PROPERTY_SEED=N looks at other examples.
import fc from 'fast-check'

fc.configureGlobal({ seed: Number(process.env['MILLRACE_PROPERTY_SEED'] ?? 20_261_129) })

export { fc }
