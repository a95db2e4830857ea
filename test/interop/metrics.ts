// What an agent says of itself over HTTP.

export type Metrics = Readonly<Record<string, Readonly<Record<string, string>>>>

/** What an agent answers at /metrics; undefined while it does not listen there. */
export async function metricsAt(port: number): Promise<Metrics | undefined> {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`).catch(() => undefined)
  return answer === undefined ? undefined : ((await answer.json()) as Metrics)
}
