// Characters that Java 17 takes for the same without regard to case, in the notation of a set: `[a-c]` is `[a-cA-C]`.

type Range = readonly [from: number, to: number]

/** Without the flag u: ASCII letters alone. */
export function asciiVariants(from: number, to: number): Range[] {
  const letters = (first: number, last: number, other: number): Range[] => {
    const [low, high] = [Math.max(first, from), Math.min(last, to)]
    return low <= high ? [[low + other, high + other]] : []
  }
  return [...letters(97, 122, -32), ...letters(65, 90, 32)]
}

/**
 * With it: every character whose upper case, or its lower case, is there too (Pattern.CIRangeU); for one character, those with the same lower
 * case of the upper case (Pattern.SingleU).
 */
export function unicodeVariants(from: number, to: number): Range[] {
  const within = (char: number): boolean => char >= from && char <= to
  const one = from === to ? folded(from) : undefined
  const same = (char: number): boolean => (one === undefined ? within(upperOf(char)) || within(folded(char)) : folded(char) === one)
  return charactersWithCase()
    .filter((char) => !within(char) && same(char))
    .map((char) => [char, char])
}

let withCase: readonly number[] | undefined

/** All that have another case; looked up when an expression first asks for it. */
function charactersWithCase(): readonly number[] {
  withCase ??= Array.from({ length: 0x1ffff }, (_, char) => char).filter((char) => upperOf(char) !== char || lowerOf(char) !== char)
  return withCase
}

const folded = (char: number): number => lowerOf(upperOf(char))

// Java's cases of one character are one character: where Unicode has more, Java's toUpperCase(int) leaves it.
const upperOf = (char: number): number => alone(String.fromCodePoint(char).toUpperCase(), char)
const lowerOf = (char: number): number => (char === 0x130 ? 0x69 : alone(String.fromCodePoint(char).toLowerCase(), char))

function alone(text: string, otherwise: number): number {
  const char = text.codePointAt(0)!
  return text.length === String.fromCodePoint(char).length ? char : otherwise
}
