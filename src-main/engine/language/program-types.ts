// What an editor needs to know the types of `millrace` in a folder of programs: a tsconfig.json that names them. The window's own editor
// and VS Code read the same file.
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ProgramTypes } from '../../../src-shared/contract/language.ts'
import { MillraceError, messageOf } from '../../../src-shared/errors.ts'

/** Known when a tsconfig.json governs the folder (its author decides then), or a package `millrace` is found from there. */
export function programTypes(folder: string): ProgramTypes {
  const known = [...upwards(folder)].some(
    (each) => existsSync(join(each, 'tsconfig.json')) || existsSync(join(each, 'node_modules', 'millrace')),
  )
  return { known, configFile: join(folder, 'tsconfig.json') }
}

/** Writes the tsconfig.json. CONFLICT when there is one, IO when it cannot be written. */
export async function writeProgramTypes(folder: string): Promise<ProgramTypes> {
  const { configFile } = programTypes(folder)
  try {
    await writeFile(configFile, `${JSON.stringify(programConfig(), undefined, 2)}\n`, { flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      throw new MillraceError(
        'CONFLICT',
        `${configFile} is there already and was left as it is. Add the paths of ${JSON.stringify(programConfig().compilerOptions.paths)} to it.`,
      )
    throw new MillraceError('IO', `${configFile} could not be written: ${messageOf(error)}`, { cause: error })
  }
  return programTypes(folder)
}

/** As Node runs programs: their types are stripped, so nothing that needs a transformation. */
function programConfig() {
  const project = projectFolder()
  return {
    compilerOptions: {
      target: 'es2024',
      // A program may await at its top, whatever package.json says of its folder: it is loaded as an ES module.
      module: 'esnext',
      moduleResolution: 'bundler',
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      erasableSyntaxOnly: true,
      allowImportingTsExtensions: true,
      types: ['node'],
      typeRoots: [join(project, 'node_modules', '@types')],
      paths: {
        millrace: [join(project, 'src-main/streaming/api.ts')],
        'millrace/testing': [join(project, 'src-main/streaming/testing.ts')],
      },
    },
  }
}

/** The folder of Millrace's package.json: from a source file as from a built one. */
function projectFolder(): string {
  for (const folder of upwards(dirname(fileURLToPath(import.meta.url))))
    if (existsSync(join(folder, 'src-main/streaming/api.ts'))) return folder
  throw new MillraceError('NOT_FOUND', 'The types of stream programs (src-main/streaming/api.ts) are not beside this build.')
}

function* upwards(from: string): Generator<string> {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    yield folder
    if (folder === dirname(folder)) return
  }
}
