// What TypeScript says of a program that is shown: the editor's support, type errors, and whether its folder knows millrace's types.
import type { Extension } from '@codemirror/state'
import { useEffect, useState } from 'react'
import type { ProgramTypes as TypesOfFolder } from '../../src-shared/contract/language.ts'
import type { ProgramProblem } from '../../src-shared/contract/streams.ts'
import { engine } from '../rpc/connection.ts'
import { doing } from '../shell/doing.ts'

export interface ProgramTypes {
  readonly support: Extension | undefined
  readonly problems: readonly ProgramProblem[]
  /** The types of `millrace` cannot be found from the program's folder. */
  readonly unknown: TypesOfFolder | undefined
  readonly write: () => void
}

export function useProgramTypes(file: string | undefined): ProgramTypes {
  const [support, setSupport] = useState<Extension>()
  const [problems, setProblems] = useState<readonly ProgramProblem[]>([])
  const [folder, setFolder] = useState<TypesOfFolder>()
  // Made anew once the types are known, so that the file is opened anew under its configuration.
  const known = folder?.known
  useEffect(() => {
    if (file === undefined || known === undefined) return
    let left = false
    void import('./program-language.ts').then(({ programLanguage }) => {
      if (!left) setSupport(programLanguage(file, (found) => setProblems(known ? found : [])))
    })
    return () => {
      left = true
      setSupport(undefined)
    }
  }, [file, known])
  useEffect(() => {
    if (file === undefined) return
    engine.language.types({ file }).then(setFolder, () => undefined) // The engine is away; the view says so.
  }, [file])
  const write = async (): Promise<void> => {
    if (file === undefined) return
    const { fileAppeared } = await import('./program-language.ts')
    const written = await engine.language.writeTypes({ file })
    fileAppeared(written.configFile)
    setFolder(written)
  }
  return {
    support,
    problems,
    unknown: folder?.known === false ? folder : undefined,
    write: () => void doing('tsconfig.json could not be written', write),
  }
}
