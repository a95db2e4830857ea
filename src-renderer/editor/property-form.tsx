// The properties of a component as a form: those that are set and those that must be, first; the rest behind one button. A value is taken
// when the field is left or Enter is pressed; an empty field takes the key out of the text.
import { type ReactNode, useId, useState } from 'react'
import type { ComponentInfo } from '../../src-shared/contract/components.ts'
import type { Problem } from '../../src-shared/flume/problem.ts'
import { Block } from '../ui/details.tsx'

export interface PropertyFieldsProps {
  info: ComponentInfo
  /** Key without the component's prefix → value. */
  values: ReadonlyMap<string, string>
  problems: readonly Problem[]
  onSet: (key: string, value: string | undefined) => void
}

/** The component's name: everything that names it goes along. */
export function NameField({
  name,
  whyNot,
  onRename,
}: {
  name: string
  whyNot: (name: string) => string | undefined
  onRename: (name: string) => void
}) {
  const [draft, setDraft] = useState<string>()
  const text = draft ?? name
  const reason = text === name ? undefined : whyNot(text)
  const take = (): void => {
    if (reason !== undefined) return
    setDraft(undefined)
    if (text !== name) onRename(text)
  }
  return (
    <div className="property-field">
      <label htmlFor="component-name">name</label>
      <input
        id="component-name"
        className="ui-field mono"
        value={text}
        aria-invalid={reason !== undefined || undefined}
        spellCheck={false}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={take}
        onKeyDown={(event) => {
          if (event.key === 'Enter') take()
          else if (event.key === 'Escape') setDraft(undefined)
        }}
      />
      {reason !== undefined && <p className="property-help property-error">{reason}</p>}
    </div>
  )
}

type Property = ComponentInfo['properties'][number]

/** The form of a component. `name`: stands before the properties. */
export function PropertyForm({ name, ...fields }: PropertyFieldsProps & { name: ReactNode }) {
  return (
    <Block title="Properties">
      <div className="property-form">
        {name}
        <PropertyFields {...fields} />
      </div>
    </Block>
  )
}

export function PropertyFields({ info, values, problems, onSet }: PropertyFieldsProps) {
  const [all, setAll] = useState(false)
  const id = useId()
  const known = info.properties.filter(({ name, spec }) => spec.noEffect === undefined && !(isWired(info) && wiring.has(name)))
  const fields = known.flatMap((property) => (isMap(property) ? entriesOfMap(property, known, values) : [property]))
  const first = fields.filter(({ name, spec }) => spec.required || values.has(name) || isListed(name, values))
  const rest = fields.filter((property) => !first.includes(property))
  const maps = known.filter(isMap)
  return (
    <>
      {(all ? [...first, ...rest] : first).map((property) => (
        <Field
          key={property.name}
          id={`${id}-${property.name}`}
          property={property}
          value={values.get(property.name) ?? ''}
          problem={problems.find((problem) => problem.key?.endsWith(`.${property.name}`) === true)}
          onSet={(value) => onSet(property.name, value)}
        />
      ))}
      {all && maps.map((property) => <NewEntry key={property.name} property={property} onAdd={onSet} />)}
      {rest.length + maps.length > 0 && (
        <button type="button" className="property-more" onClick={() => setAll(!all)}>
          {all ? 'Show fewer' : `Show ${rest.length + maps.length} more`}
        </button>
      )}
    </>
  )
}

/** What is chosen among the channels of the agent (wiring.tsx), not written. */
const wiring: ReadonlySet<string> = new Set(['channel', 'channels'])
const isWired = ({ kind }: ComponentInfo): boolean => kind === 'source' || kind === 'sink'

/** `filegroups.*`: as many keys as somebody writes. */
const isMap = ({ name }: Property): boolean => name.endsWith('.*')

const prefixOf = ({ name }: Property): string => name.slice(0, -1)

/** The keys of a map that are there, and those that a list of the same name asks for (`filegroups = f1` asks for `filegroups.f1`). */
function entriesOfMap(property: Property, known: readonly Property[], values: ReadonlyMap<string, string>): Property[] {
  const prefix = prefixOf(property)
  const written = [...values.keys()].filter((key) => key.startsWith(prefix))
  const listed = (values.get(prefix.slice(0, -1)) ?? '').split(/\s+/).flatMap((word) => (word === '' ? [] : [prefix + word]))
  const names = [...new Set([...listed, ...written])].filter((name) => !known.some((each) => each.name === name))
  return names.map((name) => ({ name, spec: { ...property.spec, kind: 'string' } }))
}

function isListed(name: string, values: ReadonlyMap<string, string>): boolean {
  const dot = name.lastIndexOf('.')
  return dot > 0 && (values.get(name.slice(0, dot)) ?? '').split(/\s+/).includes(name.slice(dot + 1))
}

/** One more key of a map: its name, then its value; taken with Enter. */
function NewEntry({ property, onAdd }: { property: Property; onAdd: (key: string, value: string) => void }) {
  const prefix = prefixOf(property)
  const [name, setName] = useState('')
  const [value, setValue] = useState('')
  const complete = /^[^\s=:]+$/.test(name) && value !== ''
  return (
    <form
      className="property-entry"
      aria-label={`Add ${property.name}`}
      onSubmit={(event) => {
        event.preventDefault()
        if (!complete) return
        onAdd(prefix + name, value)
        setName('')
        setValue('')
      }}
    >
      <span className="property-entry-name" title={property.spec.description}>
        {prefix}
      </span>
      <input
        className="ui-field mono"
        aria-label={`Name after ${prefix}`}
        value={name}
        spellCheck={false}
        onChange={(event) => setName(event.target.value)}
      />
      <input
        className="ui-field mono"
        aria-label={`Value of the new ${prefix}`}
        value={value}
        spellCheck={false}
        onChange={(event) => setValue(event.target.value)}
      />
      <button type="submit" className="property-more" disabled={!complete}>
        Add
      </button>
    </form>
  )
}

interface FieldProps {
  id: string
  property: Property
  value: string
  problem: Problem | undefined
  onSet: (value: string | undefined) => void
}

function Field({ id, property, value, problem, onSet }: FieldProps) {
  const { name, spec } = property
  const [draft, setDraft] = useState<string>()
  const text = draft ?? value
  const take = (next: string): void => {
    setDraft(undefined)
    if (next !== value) onSet(next === '' ? undefined : next)
  }
  const common = { id, className: 'ui-field mono', 'aria-invalid': problem?.severity === 'error' || undefined } as const
  const options = spec.kind === 'boolean' ? ['true', 'false'] : spec.values
  return (
    <div className="property-field">
      <label htmlFor={common.id} title={spec.description}>
        {name}
        {spec.required && <span className="property-required"> required</span>}
      </label>
      {options !== undefined ? (
        <select
          {...common}
          value={options.find((option) => option.toLowerCase() === text.toLowerCase()) ?? ''}
          onChange={(event) => take(event.target.value)}
        >
          <option value="">{spec.default === undefined ? 'not set' : `${String(spec.default)} (default)`}</option>
          {options.map((option) => (
            <option key={option}>{option}</option>
          ))}
        </select>
      ) : (
        <input
          {...common}
          type={spec.secret === true ? 'password' : 'text'}
          value={text}
          placeholder={placeholder(property)}
          spellCheck={false}
          onChange={(event) => setDraft(event.target.value)}
          onBlur={() => take(text)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') take(text)
            else if (event.key === 'Escape') setDraft(undefined)
          }}
        />
      )}
      <p className={problem === undefined ? 'property-help' : `property-help property-${problem.severity}`}>
        {problem?.message ?? spec.description}
      </p>
    </div>
  )
}

function placeholder({ spec }: Property): string {
  const unit = spec.unit === undefined ? '' : ` ${spec.unit}`
  const usual = spec.default
  if (usual === undefined || typeof usual === 'object') return unit.trim()
  return `${String(usual)}${unit}`
}
