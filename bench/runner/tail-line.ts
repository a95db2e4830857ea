// The lines that the window benches write.

/** Line `number`, 133 bytes with its end. */
export function lineOf(number: number): string {
  return `${`2026-11-22 21:00:00.000 INFO request ${number} `.padEnd(132, '.')}\n`
}
