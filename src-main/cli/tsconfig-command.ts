// `millrace tsconfig`: makes editors (VS Code, the window's own) know the types of stream programs in a folder.
import { resolve } from 'node:path'
import { Command } from 'commander'
import { writeProgramTypes } from '../engine/language/program-types.ts'

export function tsconfigCommand(): Command {
  return new Command('tsconfig')
    .description('Write a tsconfig.json into a folder of stream programs, so that editors know what they import from millrace.')
    .argument('[folder]', 'the folder', '.')
    .helpOption('-h, --help', 'display help')
    .action(async (folder: string) => {
      const { configFile } = await writeProgramTypes(resolve(folder))
      process.stdout.write(`${configFile} written.\n`)
    })
}
