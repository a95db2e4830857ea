// Which file system an address of hdfs.path means.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { hdfsTarget } from '../../../src-main/agent/hdfs/target.ts'

test('the scheme may be written in capitals: WebHDFS is plain HTTP all the same', async () => {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url?.split('?')[0]}`)
    response.end('{"boolean":true}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const { path, fileSystem } = hdfsTarget(`WebHDFS://127.0.0.1:${port}/logs`, { user: 'millrace', timeoutMs: 10_000 })
  await fileSystem.remove(`${path}/old`)
  expect(asked).toEqual(['DELETE /webhdfs/v1/logs/old'])
})
