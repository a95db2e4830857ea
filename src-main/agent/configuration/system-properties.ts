// What ${sys:…} in a configuration stands for.
import { homedir, tmpdir, userInfo } from 'node:os'

/** System properties for ${sys:…}: those of a JVM that have a meaning here, then the given -D values. */
export function systemProperties(defined: Readonly<Record<string, string>>): Record<string, string> {
  return {
    'user.home': homedir(),
    'user.name': userInfo().username,
    'user.dir': process.cwd(),
    'java.io.tmpdir': tmpdir(),
    'file.separator': process.platform === 'win32' ? '\\' : '/',
    'path.separator': process.platform === 'win32' ? ';' : ':',
    'line.separator': process.platform === 'win32' ? '\r\n' : '\n',
    'file.encoding': 'UTF-8',
    ...defined,
  }
}

/** `key=value` arguments of -D → properties, of which later ones win. A key alone is the empty text, as in Java. */
export function definedProperties(definitions: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(
    definitions.map((definition) => {
      const equals = definition.indexOf('=')
      return equals === -1 ? [definition, ''] : [definition.slice(0, equals), definition.slice(equals + 1)]
    }),
  )
}
