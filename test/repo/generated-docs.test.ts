// Pages that are made from the code say what the code says.
import { expect, test } from 'vitest'
import { generatedPages, writtenPage } from '../../docs/generate.ts'

test.each([...generatedPages()])('docs/%s is what its table says (npm run docs writes it)', (name, text) => {
  expect(writtenPage(name)).toBe(text)
})
