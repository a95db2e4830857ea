// The contract's `language` area.
import { dirname } from 'node:path'
import type { LanguageServers } from '../language/language-servers.ts'
import { programTypes, writeProgramTypes } from '../language/program-types.ts'
import { os } from '../serve-link.ts'

export function languageRouter(servers: LanguageServers) {
  return os.language.router({
    connect: os.language.connect.handler(({ signal }) => servers.connect(signal)),
    send: os.language.send.handler(({ input }) => servers.send(input.session, input.message)),
    types: os.language.types.handler(({ input }) => programTypes(dirname(input.file))),
    writeTypes: os.language.writeTypes.handler(({ input }) => writeProgramTypes(dirname(input.file))),
  })
}
