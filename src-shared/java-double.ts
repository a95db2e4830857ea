// The text of a double as the Java that Flume 1.11 and Spark 3.5 run on writes it (Double.toString before Java 19): mostly the shortest that reads back as
// the same double, at times one digit more or another last digit. Digits come by the method of Steele and White, as in Java's
// FloatingDecimal: value / 10^exponent is a fraction b / s, and half the distance to the next double, m / s, says when to stop.

const words = new DataView(new ArrayBuffer(8))

/** A double as Java writes it: `1.0E7`, `1.5`, `-0.0`, `1.0E-7`, `NaN`, `Infinity`. */
export function showDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity'
  if (value < 0 || Object.is(value, -0)) return `-${showDouble(-value)}`
  if (value === 0) return '0.0'
  if (value >= 1e-3 && value < 1e7) {
    // Up to 15 digits there is only one shortest text.
    const text = String(value)
    if (text.length <= 16) return text.includes('.') ? text : `${text}.0`
  }
  return written(...decimal(value))
}

function written(digits: string, exponent: number): string {
  if (exponent >= 7 || exponent < -3) return `${digits[0]}.${digits.slice(1) || '0'}E${exponent}`
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`
  return `${digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')}.${digits.slice(exponent + 1) || '0'}`
}

/** Its digits, and the exponent of the first: 12.5 is 125 and 1. */
function decimal(value: number): [digits: string, exponent: number] {
  words.setFloat64(0, value)
  const bits = words.getBigUint64(0)
  const biased = Number(bits >> 52n)
  const isNormal = biased > 0
  const significand = isNormal ? (bits & 0xfffffffffffffn) | (1n << 52n) : bits
  const significantBits = isNormal ? 53 : significand.toString(2).length
  const exponent2 = isNormal ? biased - 1023 : significantBits - 1075
  const trailingZeros = significand.toString(2).length - significand.toString(2).replace(/0+$/, '').length
  const fractionBits = significantBits - trailingZeros
  const tinyBits = Math.max(0, fractionBits - exponent2 - 1)
  if (tinyBits === 0 && exponent2 <= 62) return wholeDigits(BigInt(value), exponent2 - significantBits)
  return digitsOf(significand >> BigInt(trailingZeros), { exponent2, fractionBits, significantBits, tinyBits })
}

/** Of a whole number below 2^63: exact, but for the digits that lie below its last bit. */
function wholeDigits(whole: bigint, bitsBeyond: number): [string, number] {
  const insignificant = bitsBeyond > 7 ? 2 : bitsBeyond > 4 ? 1 : 0
  const unit = 10n ** BigInt(insignificant)
  const digits = String((whole + unit / 2n) / unit)
  return [digits.replace(/0+$/, ''), digits.length + insignificant - 1]
}

interface Scale {
  readonly exponent2: number
  readonly fractionBits: number
  readonly significantBits: number
  readonly tinyBits: number
}

function digitsOf(fraction: bigint, { exponent2, fractionBits, significantBits, tinyBits }: Scale): [string, number] {
  // From 1 to 2, with the bits of the value.
  const mantissa = Number(fraction) / 2 ** (fractionBits - 1)
  let exponent = Math.floor((mantissa - 1.5) * 0.289529654 + 0.176091259 + exponent2 * 0.301029995663981)
  const fives = Math.max(0, -exponent)
  const scaleFives = Math.max(0, exponent)
  let twos = fives + tinyBits + exponent2
  let scaleTwos = scaleFives + tinyBits
  let marginTwos = twos - significantBits
  twos -= fractionBits - 1
  const common = Math.min(twos, scaleTwos)
  twos -= common
  scaleTwos -= common
  marginTwos -= common
  // Below a power of two the next double is half as far.
  if (fractionBits === 1) marginTwos -= 1
  if (marginTwos < 0) {
    twos -= marginTwos
    scaleTwos -= marginTwos
    marginTwos = 0
  }
  const scaled = (factor: bigint, fivesOf: number, twosOf: number): bigint => factor * 5n ** BigInt(fivesOf) * 2n ** BigInt(twosOf)
  let b = scaled(fraction, fives, twos)
  const s = scaled(1n, scaleFives, scaleTwos)
  const tens = s * 10n
  let m = scaled(1n, fives, marginTwos)
  // Where Java computes in longs, what lies exactly between two doubles does not end the digits from above.
  const inLongs = fractionBits + twos + bitsOfFive(fives) < 64 && scaleTwos + 1 + bitsOfFive(scaleFives + 1) < 64
  let digits = ''
  let low = false
  let high = false
  const next = (): number => {
    const digit = Number(b / s)
    b = (b % s) * 10n
    m *= 10n
    low = b < m
    high = inLongs ? b + m > tens : b + m >= tens
    return digit
  }
  const first = next()
  if (first === 0 && !high) exponent -= 1
  else digits += first
  // Where there is an exponent, at least two digits.
  if (exponent < -3 || exponent >= 8) low = high = false
  while (!low! && !high) digits += next()
  const half = b * 2n - tens
  const up = high && (!low || half > 0n || (half === 0n && Number(digits.at(-1)) % 2 === 1))
  return up ? raised(digits, exponent) : [digits.replace(/(.)0+$/, '$1'), exponent]
}

const bitsOfFive = (power: number): number => (power < 27 ? (5n ** BigInt(power)).toString(2).length : power * 3) - (power === 0 ? 1 : 0)

/** One more in the last place. */
function raised(digits: string, exponent: number): [string, number] {
  const sum = String(BigInt(digits) + 1n).padStart(digits.length, '0')
  return [sum.slice(0, digits.length), exponent + sum.length - digits.length]
}
