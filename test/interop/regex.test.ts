// Random regular expressions and texts through a real java.util.regex and through ours: what is refused, in which words, what is found where.
import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { javaRegex, javaRegexError } from '../../src-shared/regex/java-regex.ts'
import { randomFrom } from '../driver/random.ts'
import { classesFolder } from './real-flume.ts'
import { damagedPattern, randomPattern, randomText } from './regex-maker.ts'

interface Question {
  readonly pattern: string
  readonly texts: readonly string[]
  readonly sureGroups: boolean
}

const count = 3000
const hex = (text: string): string =>
  Array.from({ length: text.length }, (_, at) => text.charCodeAt(at).toString(16).padStart(4, '0')).join('') || '-'

function askJava(questions: readonly Question[]): string[] {
  const input = questions.map(({ pattern, texts }) => [pattern, ...texts].map(hex).join(' ')).join('\n')
  return execFileSync('java', ['-cp', classesFolder, 'FindByJava'], { input, maxBuffer: 1e9 }).toString().split('\n').slice(0, -1)
}

/** The same in the words of FindByJava.java, with texts of groups in place of where they are. Undefined: ours says that it cannot. */
function askOurs({ pattern, texts, sureGroups }: Question): string | undefined {
  const error = javaRegexError(pattern)
  if (error !== undefined) return `E ${error.replace(/[\n\r]/g, ' ')}`
  let regex: RegExp
  try {
    regex = javaRegex(pattern, 'g')
  } catch (refused) {
    expect(refused).toBeInstanceOf(RangeError)
    return undefined
  }
  return texts
    .map(
      (text) =>
        `|${[...text.matchAll(regex)].map((match) => `;${match.index},${match[0].length}${sureGroups ? groups([...match].slice(1)) : ''}`).join('')}`,
    )
    .join('')
}

const groups = (texts: readonly (string | undefined)[]): string => texts.map((text) => `,${text === undefined ? '' : hex(text)}`).join('')

function inTexts(answer: string, { texts, sureGroups }: Question): string {
  if (!answer.startsWith('|')) return answer
  const perText = answer.split('|').slice(1)
  return perText
    .map(
      (matches, index) =>
        `|${matches
          .split(';')
          .slice(1)
          .map((match) => textOf(match, texts[index]!, sureGroups))
          .join('')}`,
    )
    .join('')
}

function textOf(match: string, text: string, withGroups: boolean): string {
  const places = match.split(',').map(Number)
  const spans = Array.from({ length: places.length / 2 }, (_, group) => [places[group * 2]!, places[group * 2 + 1]!] as const)
  const [[from, to], ...rest] = spans as [readonly [number, number], ...(readonly [number, number])[]]
  if (!withGroups) return `;${from},${to - from}`
  return `;${from},${to - from}${groups(rest.map(([start, end]) => (start < 0 ? undefined : text.slice(start, end))))}`
}

function compare(questions: readonly Question[]): { differences: string[]; notOurs: number } {
  const differences: string[] = []
  let notOurs = 0
  for (const [index, answer] of askJava(questions).entries()) {
    const question = questions[index]!
    const ours = askOurs(question)
    if (ours === undefined) notOurs++
    else if (!answer.includes('broken') && ours !== inTexts(answer, question))
      differences.push(`${readable(question)}\n  Java ${inTexts(answer, question)}\n  ours ${ours}`)
  }
  return { differences, notOurs }
}

/** Nothing invisible in it. */
const readable = (question: Question): string =>
  JSON.stringify(question).replace(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)

test.each([1, 2, 5])(`${count} random expressions find in ours what they find in Java (seed %i)`, (seed) => {
  const random = randomFrom(seed)
  const questions = Array.from({ length: count }, () => ({
    ...randomPattern(random),
    texts: Array.from({ length: 5 }, () => randomText(random)),
  }))
  const { differences, notOurs } = compare(questions)
  expect(differences.slice(0, 5)).toEqual([])
  // Few: references without regard to case.
  expect(notOurs).toBeLessThan(count / 20)
})

test(`${count} damaged expressions are refused by ours where Java refuses them, in its words`, () => {
  const random = randomFrom(33)
  const questions = Array.from({ length: count }, () => ({ pattern: damagedPattern(random), texts: [], sureGroups: true }))
  expect(compare(questions).differences.slice(0, 5)).toEqual([])
})
