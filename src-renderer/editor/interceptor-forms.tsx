// The interceptors of a source, in the order in which events pass them, each with its form.
import { ArrowDown, ArrowUp, X } from 'lucide-react'
import type { ComponentInfo } from '../../src-shared/contract/components.ts'
import type { Problem } from '../../src-shared/flume/problem.ts'
import type { PipelineState } from '../../src-shared/pipeline/pipeline-document.ts'
import {
  addInterceptor,
  interceptorsOf,
  moveInterceptor,
  propertiesOf,
  removeInterceptor,
  setProperty,
} from '../../src-shared/pipeline/pipeline-edits.ts'
import { IconButton } from '../ui/button.tsx'
import { Block } from '../ui/details.tsx'
import { PropertyFields } from './property-form.tsx'

export interface InterceptorFormsProps {
  /** The source's id. */
  source: string
  text: string
  catalog: readonly ComponentInfo[]
  problems: readonly Problem[]
  onChange: (edit: (now: PipelineState) => PipelineState) => void
}

export function InterceptorForms({ source, text, catalog, problems, onChange }: InterceptorFormsProps) {
  const own = interceptorsOf(text, source)
  const kinds = catalog.filter((info) => info.kind === 'interceptor')
  return (
    <Block title="Interceptors">
      {own.map(({ name, type }, index) => {
        const id = `${source}.interceptors.${name}`
        const info = kinds.find((each) => [each.type, each.className, ...each.aliases].includes(type))
        return (
          <div key={name} className="interceptor">
            <details>
              <summary>
                <span className="interceptor-name">{name}</span>
                <span className="muted ellipsis">{type}</span>
              </summary>
              {info === undefined ? (
                <p className="muted">There is no interceptor of this type.</p>
              ) : (
                <div className="property-form">
                  <p className="property-help">{info.summary}</p>
                  <PropertyFields
                    info={info}
                    values={propertiesOf(text, id)}
                    problems={problems.filter((problem) => problem.component === id || problem.key?.startsWith(`${id}.`) === true)}
                    onSet={(key, value) => onChange((now) => setProperty(now, id, key, value))}
                  />
                </div>
              )}
            </details>
            <div className="interceptor-actions">
              <IconButton
                label={`Move ${name} up`}
                whyNot={index === 0 ? 'it is the first' : undefined}
                onClick={() => onChange((now) => moveInterceptor(now, source, name, -1))}
              >
                <ArrowUp size={13} />
              </IconButton>
              <IconButton
                label={`Move ${name} down`}
                whyNot={index === own.length - 1 ? 'it is the last' : undefined}
                onClick={() => onChange((now) => moveInterceptor(now, source, name, 1))}
              >
                <ArrowDown size={13} />
              </IconButton>
              <IconButton label={`Remove ${name}`} onClick={() => onChange((now) => removeInterceptor(now, source, name))}>
                <X size={13} />
              </IconButton>
            </div>
          </div>
        )
      })}
      <select
        className="ui-field interceptor-add"
        aria-label="Add an interceptor"
        value=""
        onChange={(event) => event.target.value !== '' && onChange((now) => addInterceptor(now, source, event.target.value))}
      >
        <option value="">Add an interceptor…</option>
        {kinds.map((info) => (
          <option key={info.type} value={info.type} title={info.summary}>
            {info.type}
          </option>
        ))}
      </select>
    </Block>
  )
}
