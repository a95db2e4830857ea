// What src-shared may use of the platform beyond the language: the two globals that Node, workers and every browser have alike.
// Seen by src-shared's own compilation only; the other worlds have their full types.
declare class TextDecoder {
  constructor(encoding?: string, options?: { fatal?: boolean; ignoreBOM?: boolean })
  decode(bytes?: Uint8Array): string
}
declare class TextEncoder {
  encode(text?: string): Uint8Array
}
