// Programs that print: values of every kind, nested, and what stream programs make.
import { hasText } from './element-types.ts'
import { below, chance, pick } from './random.ts'
import type { Step } from './steps.ts'
import { streamProgram } from './stream-cases.ts'

const anyDouble = (): number => {
  const words = new DataView(new ArrayBuffer(8))
  words.setInt32(0, below(2 ** 32))
  words.setInt32(4, below(2 ** 32))
  const any = words.getFloat64(0)
  return Number.isFinite(any) ? any : 0.5
}

function printable(depth: number): unknown {
  const leaf: readonly (() => unknown)[] = [
    () => below(2000) - 1000,
    () => pick([2147483647, -2147483648, 2147483648, 9007199254740993n, -9223372036854775808n]),
    () =>
      pick([
        'a',
        '',
        'two words',
        'é',
        '漢字',
        '😀',
        'tab\there',
        'a,b',
        '(x)',
        'null',
        'line\nline',
        '\u0000',
        'List()',
        'x'.repeat(5000),
        '\ud800',
        '\ud83d\ude00\ud83d',
        'a\r\nb\r',
        '\u2028',
        '\ufeff',
        'None',
        '()',
        '\u202eabc',
        '👩‍👩‍👧',
      ]),
    () => pick([true, false]),
    () => null,
    () => ({ $double: pick([0, -0, 1, -1, 100, 9999999, 10000000, 12345678, 1e20, 1e21, 1e22, 1e23, 2e23, 1e300]) }),
    () => ({ $double: pick([0.1, 0.5, 1 / 3, 1e-3, 9.99e-4, 1.5e-10, 123456.789, 1.7976931348623157e308, 4.9e-324, 2.5e7, 100.25, 2e-3]) }),
    () => ({ $double: anyDouble() }),
    () => ({ $double: (below(2_000_000) - 1_000_000) / 10 ** below(9) }),
    () => ({ $long: pick([0, 5, 2147483648, -9007199254740991]) }),
    () => ({ $char: pick(['x', 'é', ' ', '"']) }),
    () => ({ $none: true }),
    () => ({ $unit: 1 }),
  ]
  if (depth === 0 || chance(0.4)) return pick(leaf)()
  const inner = (most: number): unknown[] => Array.from({ length: below(most + 1) }, () => printable(depth - 1))
  return pick<() => unknown>([
    () => ({ $list: inner(4) }),
    () => ({ $vector: inner(4) }),
    () => ({ $some: printable(depth - 1) }),
    () => ({ $map: inner(pick([4, 4, 8])).map((item, index) => [chance(0.5) ? `k${index}` : index * pick([1, 37]), item]) }),
    () => [printable(depth - 1), printable(depth - 1)],
    () => ({ $tuple: Array.from({ length: 2 + below(4) }, () => printable(depth - 1)) }),
  ])()
}

const numbers = (): Step => (chance(0.5) ? {} : { num: pick([0, -1, 1, 2, 3, 11, 100, 2147483646, 2147483647, -2147483648]) })

export function valuesCase(id: string): Step {
  const numBatches = 1 + below(3)
  return {
    id,
    group: 'print',
    title: 'values of every kind, nested',
    batchMs: pick([1000, 1000, 250]),
    parallelism: 1 + below(4),
    numBatches,
    ...(chance(0.3) ? { startAtMs: 1447000000123 } : {}),
    inputs: { a: Array.from({ length: numBatches }, () => Array.from({ length: below(14) }, () => printable(3))) },
    program: [],
    prints: Array.from({ length: 1 + below(2) }, () => ({ from: 'a', ...numbers() })),
  }
}

export function printCase(id: string): Step {
  for (;;) {
    const { program, inputs, numBatches, last } = streamProgram()
    if (!hasText(program.streams.get(last)!.type)) continue
    return {
      id,
      group: 'print',
      title: `print of ${program.steps.map((step) => String(step['op'])).join(', ')}`,
      batchMs: program.batchMs,
      parallelism: 1 + below(4),
      numBatches,
      inputs,
      program: program.steps,
      prints: [
        { from: last, ...numbers() },
        ...(chance(0.3)
          ? [{ from: pick([...program.streams.keys()].filter((name) => hasText(program.streams.get(name)!.type))), ...numbers() }]
          : []),
      ],
    }
  }
}
