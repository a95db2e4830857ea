// Host and port of an Avro source that a person names in the window.

/** What is wrong with them, as a sentence; undefined when they can be tried. */
export function whyNoAvroSource(host: string, port: number): string | undefined {
  if (!/^[^\s/]+$/.test(host)) return 'Name the host of the Avro source that takes the events.'
  return Number.isInteger(port) && port >= 1 && port <= 65535 ? undefined : 'Name the port of the Avro source: 1 to 65535.'
}
