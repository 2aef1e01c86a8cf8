/** How bad, as shape, word and colour. Shapes and colours go by the place in the matrix; the word is the playbook's. */

export const SEVERITY_SHAPES = ['triangle', 'diamond', 'circle', 'square'] as const
export type SeverityShape = (typeof SEVERITY_SHAPES)[number]

export interface SeverityMark {
  readonly shape: SeverityShape
  /** CSS variable with the colour. */
  readonly colour: string
}

/** `rank` 0 is the most severe. Rows past the fourth look like the fourth and are told apart by their word. */
export function severityMark(rank: number): SeverityMark {
  const place = Math.min(Math.max(0, Math.trunc(rank)), SEVERITY_SHAPES.length - 1)
  return { shape: SEVERITY_SHAPES[place] ?? 'square', colour: `var(--sev${place + 1})` }
}
