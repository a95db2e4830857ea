// The properties of a component as a form: those that are set and those that must be, first; the rest behind one button. A value is taken
// when the field is left or Enter is pressed; an empty field takes the key out of the text.
import { type ReactNode, useState } from 'react'
import type { ComponentInfo } from '../../src-shared/contract/components.ts'
import type { Problem } from '../../src-shared/flume/problem.ts'
import { Block } from '../ui/details.tsx'

export interface PropertyFormProps {
  info: ComponentInfo
  /** Key without the component's prefix → value. */
  values: ReadonlyMap<string, string>
  problems: readonly Problem[]
  onSet: (key: string, value: string | undefined) => void
  /** Stands before the properties. */
  name: ReactNode
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

export function PropertyForm({ info, values, problems, onSet, name }: PropertyFormProps) {
  const [all, setAll] = useState(false)
  const plain = info.properties.filter(({ name, spec }) => !name.endsWith('.*') && spec.noEffect === undefined)
  const first = plain.filter(({ name, spec }) => spec.required || values.has(name))
  const rest = plain.filter((property) => !first.includes(property))
  const shown = all ? [...first, ...rest] : first
  return (
    <Block title="Properties">
      <div className="property-form">
        {name}
        {shown.map((property) => (
          <Field
            key={property.name}
            property={property}
            value={values.get(property.name) ?? ''}
            problem={problems.find((problem) => problem.key?.endsWith(`.${property.name}`) === true)}
            onSet={(value) => onSet(property.name, value)}
          />
        ))}
        {rest.length > 0 && (
          <button type="button" className="property-more" onClick={() => setAll(!all)}>
            {all ? 'Show fewer' : `Show ${rest.length} more`}
          </button>
        )}
      </div>
    </Block>
  )
}

interface FieldProps {
  property: Property
  value: string
  problem: Problem | undefined
  onSet: (value: string | undefined) => void
}

function Field({ property, value, problem, onSet }: FieldProps) {
  const { name, spec } = property
  const [draft, setDraft] = useState<string>()
  const text = draft ?? value
  const take = (next: string): void => {
    setDraft(undefined)
    if (next !== value) onSet(next === '' ? undefined : next)
  }
  const common = { id: `property-${name}`, className: 'ui-field mono', 'aria-invalid': problem?.severity === 'error' || undefined } as const
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
