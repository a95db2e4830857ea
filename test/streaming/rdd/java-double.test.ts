import { expect, test } from 'vitest'
import { showDouble } from '../../../src-shared/java-double.ts'
import { fc } from '../../driver/property.ts'

test('a double is written as Java 17 writes it, also where that is not the shortest text', () => {
  // As Double.toString of OpenJDK 17 gave them.
  const written: readonly (readonly [number, string])[] = [
    [0, '0.0'],
    [-0, '-0.0'],
    [7, '7.0'],
    [0.001, '0.001'],
    [9.99e-4, '9.99E-4'],
    [1e7, '1.0E7'],
    [1 / 3, '0.3333333333333333'],
    [123456789.125, '1.23456789125E8'],
    [2e23, '1.9999999999999998E23'],
    [1e23, '9.999999999999999E22'],
    [2 ** -44, '5.6843418860808015E-14'],
    [2 ** 62, '4.6116860184273879E18'],
    [4.9e-324, '4.9E-324'],
    [Number.MAX_VALUE, '1.7976931348623157E308'],
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
  ]
  for (const [value, text] of written) expect(showDouble(value)).toBe(text)
})

test('what is written of a double reads back as the same', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(Number(showDouble(value))).toBe(value)
    }),
  )
})
