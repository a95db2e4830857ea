// Which segments of a log may go: never one that a consumer still needs; of the rest, what retention does not keep. Pure.

/** How much of what everybody has consumed is kept, for look-back and replay. */
export interface Retention {
  readonly bytes: number
  readonly ageMs: number
}

/** A sealed segment: ordinals `first` to `next` (exclusive), its size on the disk, and when its last event was put. */
export interface SealedSegment {
  readonly first: number
  readonly next: number
  readonly path: string
  readonly bytes: number
  readonly lastAt: number
}

/** Sealed segments that wholly lie below `pin`, oldest first. */
export function consumedSegments(sealed: readonly SealedSegment[], pin: number): SealedSegment[] {
  return sealed.filter((segment) => segment.next <= pin)
}

/** Of consumed segments (oldest first) those that go now. `forgetBelow`: history below this ordinal was given up by a person. */
export function segmentsToDrop(
  consumed: readonly SealedSegment[],
  retention: Retention,
  { now, forgetBelow }: { readonly now: number; readonly forgetBelow: number },
): SealedSegment[] {
  let kept = consumed.reduce((bytes, segment) => bytes + segment.bytes, 0)
  const drop: SealedSegment[] = []
  for (const segment of consumed) {
    const tooMuch = kept > retention.bytes
    const tooOld = now - segment.lastAt >= retention.ageMs
    // Segments go from the oldest on, without holes: what is retained stays one range.
    if (!tooMuch && !tooOld && segment.next > forgetBelow) break
    kept -= segment.bytes
    drop.push(segment)
  }
  return drop
}
