// One of a few: buttons side by side.

export interface SegmentsProps<V extends string> {
  label: string
  value: V
  options: readonly { readonly value: V; readonly title: string }[]
  onChange: (value: V) => void
}

export function Segments<V extends string>({ label, value, options, onChange }: SegmentsProps<V>) {
  return (
    <div role="group" aria-label={label} className="ui-segments">
      {options.map((option) => (
        <button key={option.value} type="button" aria-pressed={option.value === value} onClick={() => onChange(option.value)}>
          {option.title}
        </button>
      ))}
    </div>
  )
}
