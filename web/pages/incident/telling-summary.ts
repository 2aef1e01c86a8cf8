/**
 * The summary without the lines that the screen shows anyway: `name=value` of labels beside it, and the name of the source.
 * Integrations write these for readers of plain text.
 */
export function tellingSummary(
  summary: string,
  shown: { readonly labels: Readonly<Record<string, string>>; readonly source: string | null },
): string {
  return summary
    .split('\n')
    .filter((line) => line.trim() !== `Source: ${shown.source ?? ''}.` && !repeatsLabels(line, shown.labels))
    .join('\n')
    .trim()
}

/** True when nothing is left of the line once the labels are taken out of it. */
function repeatsLabels(line: string, labels: Readonly<Record<string, string>>): boolean {
  if (!line.includes('=')) return false
  let rest = ` ${line} `
  for (const [name, value] of Object.entries(labels)) rest = rest.replace(` ${name}=${value} `, ' ')
  return rest.trim() === ''
}
