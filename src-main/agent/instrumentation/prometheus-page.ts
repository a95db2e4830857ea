// A page for Prometheus, by prom-client: Flume's counters under names in Prometheus' style, what channels hold, and whatever else is added.
// Components count for themselves; a page is made of one look at them, so it has a registry of its own.
import { Counter, Gauge, Registry } from 'prom-client'
import type { AgentSnapshot, ComponentSnapshot } from '../agent-snapshot.ts'

type Labels = Readonly<Record<string, string>>

/** Attributes that Flume calls counts and that go down as well. */
const goDown = new Set(['OpenConnectionCount'])

export class PrometheusPage {
  readonly #registry = new Registry()

  gauge(name: string, help: string, labels: Labels, value: number): void {
    this.#metric(Gauge, name, help, labels).set(labels, value)
  }

  counter(name: string, help: string, labels: Labels, value: number): void {
    this.#metric(Counter, name, help, labels).inc(labels, value)
  }

  /** Every component of an agent; `labels`: what tells this agent from others on the page, beside its name. */
  agent({ name, components }: AgentSnapshot, labels: Labels = {}): void {
    for (const component of components) this.#component(component, { ...labels, agent: name, component: component.name })
  }

  /** Prometheus' text format 0.0.4. */
  text(): Promise<string> {
    return this.#registry.metrics()
  }

  #component({ kind, state, status, counters, gauges }: ComponentSnapshot, labels: Labels): void {
    const running = state === 'START' && status?.severity !== 'error'
    this.gauge(`millrace_${kind}_running`, `1 while the ${kind} runs without trouble.`, labels, running ? 1 : 0)
    for (const [name, value] of Object.entries(counters)) if (typeof value === 'number') this.#count(kind, name, labels, value)
    if (gauges === undefined) return
    const { channelSize, channelCapacity, ...counts } = gauges
    this.gauge('millrace_channel_events', 'Events that some wired consumer has not consumed.', labels, channelSize)
    this.gauge('millrace_channel_capacity_events', 'Most events in the channel.', labels, channelCapacity)
    for (const [name, value] of Object.entries(counts)) this.#count(kind, `${name[0]!.toUpperCase()}${name.slice(1)}`, labels, value)
  }

  #count(kind: string, name: string, labels: Labels, value: number): void {
    const metric = `millrace_${kind}_${snakeCase(name.replace(/Count$/, ''))}`
    if (goDown.has(name)) this.gauge(metric, helpOf(name), labels, value)
    else this.counter(`${metric}_total`, helpOf(name), labels, value)
  }

  #metric<M extends Gauge | Counter>(
    Metric: new (configuration: { name: string; help: string; labelNames: string[]; registers: Registry[] }) => M,
    name: string,
    help: string,
    labels: Labels,
  ): M {
    const known = this.#registry.getSingleMetric(name)
    if (known instanceof Metric) return known
    return new Metric({ name, help, labelNames: Object.keys(labels), registers: [this.#registry] })
  }
}

const helpOf = (counter: string): string =>
  counter === 'DeadLetterCount' ? 'Events set aside because they could not be delivered.' : `Flume's ${counter}.`

/** `EventAccepted` → `event_accepted`. */
const snakeCase = (name: string): string => name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toLowerCase()
