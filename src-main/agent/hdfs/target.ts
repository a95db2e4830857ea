// What hdfs.path addresses: a directory of this machine, or HDFS over WebHDFS.
import { userInfo } from 'node:os'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MillraceError } from '../../../src-shared/errors.ts'
import { localFileSystem, type TargetFileSystem } from './file-system.ts'
import { webHdfs } from './web-hdfs.ts'

export interface HdfsTarget {
  /** With escapes, without the file system's address. */
  readonly path: string
  readonly fileSystem: TargetFileSystem
}

/** BAD_CONFIGURATION for an address that cannot be written to. `user`: HADOOP_USER_NAME, or who runs this, when absent. */
export function hdfsTarget(text: string, options: { readonly user: string | undefined; readonly timeoutMs: number }): HdfsTarget {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*):(.*)$/i.exec(text) ?? []
  switch (/^[a-z]$/i.test(scheme) ? '' : scheme.toLowerCase()) {
    case '':
      return { path: resolve(text), fileSystem: localFileSystem }
    case 'file':
      return { path: rest.startsWith('//') ? fileURLToPath(escapedPercent(text)) : resolve(rest), fileSystem: localFileSystem }
    case 'webhdfs':
    case 'swebhdfs': {
      const [, authority, path = '/'] = /^\/\/([^/]+)(\/.*)?$/.exec(rest) ?? []
      if (authority === undefined)
        throw new MillraceError('BAD_CONFIGURATION', `hdfs.path = ${text} names no host: webhdfs://namenode:9870/path.`)
      const origin = `${/^s/i.test(scheme) ? 'https' : 'http'}://${/:\d+$/.test(authority) ? authority : `${authority}:9870`}`
      const user = options.user ?? process.env['HADOOP_USER_NAME'] ?? userInfo().username
      return { path: path.replace(/\/+$/, ''), fileSystem: webHdfs({ origin, user, timeoutMs: options.timeoutMs }) }
    }
    case 'hdfs':
      throw new MillraceError(
        'BAD_CONFIGURATION',
        `hdfs.path = ${text}: Millrace speaks to HDFS over WebHDFS, not Hadoop's own RPC. Write webhdfs:// and the NameNode's HTTP port (usually 9870).`,
      )
    default:
      throw new MillraceError(
        'BAD_CONFIGURATION',
        `hdfs.path = ${text}: ${scheme} is no file system of Millrace's. Known are file, webhdfs and swebhdfs.`,
      )
  }
}

/** Escapes such as %Y are no URL encoding. */
function escapedPercent(text: string): string {
  return text.replaceAll('%', '%25')
}
