import { expect, test } from 'vitest'
import { requireNode } from '../../src-main/cli/needed-node.ts'

test('a Node that is too old is refused with which one is needed and where it is', () => {
  expect(() => requireNode('20.20.2')).toThrow(/needs Node 24 or newer, and this is 20\.20\.2\..*npm run -s millrace/)
  expect(() => requireNode('9.11.2')).toThrow(/needs Node 24/)
  for (const version of ['24.0.0', '24.21.0', '26.1.0', process.versions.node]) requireNode(version)
})
