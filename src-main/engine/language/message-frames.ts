// The base protocol of the Language Server Protocol: `Content-Length: N\r\n\r\n` before N bytes of JSON.

export function framed(message: string): string {
  return `Content-Length: ${Buffer.byteLength(message)}\r\n\r\n${message}`
}

/** Takes bytes as they come and answers the messages that are complete. Throws when what comes is no frame. */
export class MessageReader {
  #held: Buffer = Buffer.alloc(0)

  push(bytes: Buffer): readonly string[] {
    this.#held = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes])
    const messages: string[] = []
    for (;;) {
      const head = this.#held.indexOf('\r\n\r\n')
      if (head < 0) break
      const length = /^Content-Length: *(\d+)\r?$/im.exec(this.#held.toString('latin1', 0, head))?.[1]
      if (length === undefined) throw new Error('The language server sent a message without Content-Length.')
      const end = head + 4 + Number(length)
      if (this.#held.length < end) break
      messages.push(this.#held.toString('utf8', head + 4, end))
      this.#held = this.#held.subarray(end)
    }
    return messages
  }
}
