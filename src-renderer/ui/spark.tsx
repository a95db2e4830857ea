// A small line over time.

export function Spark({ values, width, height, label }: { values: readonly number[]; width: number; height: number; label: string }) {
  const top = Math.max(1, ...values)
  const step = width / Math.max(1, values.length - 1)
  const points = values.map((value, index) => `${(index * step).toFixed(1)},${(height - 1.5 - (value / top) * (height - 3)).toFixed(1)}`)
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label} preserveAspectRatio="none">
      {points.length > 1 && <polygon points={`0,${height} ${points.join(' ')} ${width},${height}`} fill="var(--data-faint)" />}
      {points.length > 1 && (
        <polyline points={points.join(' ')} fill="none" stroke="var(--data)" strokeWidth="1.5" strokeLinejoin="round" />
      )}
    </svg>
  )
}
