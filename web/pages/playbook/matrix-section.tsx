/** The severity matrix as people write it, each row with its escalation. */
import type { PlaybookView, SeverityRow } from '../../../src/api/schema.ts'
import { formatLimit } from '../../lib/duration.ts'
import { SeverityWord } from '../../parts/severity.tsx'
import { Tag } from '../../parts/tag.tsx'
import { Section } from './section.tsx'
import { Table } from './table.tsx'
import { escalationText, pagedText } from './words.ts'

export function MatrixSection({ playbook }: { readonly playbook: PlaybookView }) {
  return (
    <Section playbook={playbook} section="severities" flush>
      <Table
        caption="Severity matrix"
        head={['Severity', 'Definition', 'Example', 'Measured by', 'First response', 'Pages']}
        rows={playbook.severities.map((row) => ({
          key: row.id,
          id: `severities.${row.rank}`,
          cells: [
            <div key="s" className="space-y-1">
              <SeverityWord rank={row.rank} name={row.id} />
              {row.id === playbook.default_severity && (
                <div id="default_severity">
                  <Tag title="What a signal gets that no incident type knows">default</Tag>
                </div>
              )}
            </div>,
            row.definition,
            row.example,
            <Measures key="m" row={row} />,
            <strong key="t" className="font-[600] whitespace-nowrap">
              {formatLimit(row.response_seconds * 1_000)}
            </strong>,
            pagedText(row),
          ],
        }))}
      />
    </Section>
  )
}

function Measures({ row }: { readonly row: SeverityRow }) {
  if (row.thresholds.length === 0) return <span className="text-muted">people</span>
  return (
    <ul>
      {row.thresholds.map((threshold) => (
        <li key={`${threshold.measure} ${threshold.text}`}>
          {threshold.title} <span className="whitespace-nowrap">{threshold.text}</span>
        </li>
      ))}
    </ul>
  )
}

export function EscalationSection({ playbook }: { readonly playbook: PlaybookView }) {
  const rows = playbook.severities.filter((row) => row.roles.length > 0)
  if (rows.length === 0) return null
  return (
    <Section playbook={playbook} section="escalation" aside="waits run from when a page was handed over" flush>
      <Table
        caption="Escalation"
        head={['Severity', 'Steps', 'Repeats']}
        rows={rows.map((row) => ({
          key: row.id,
          id: `severities.${row.rank}.escalation`,
          cells: [
            <SeverityWord key="s" rank={row.rank} name={row.id} />,
            escalationText(row.escalation.steps),
            row.escalation.rounds === 1 ? 'once' : `${row.escalation.rounds} times`,
          ],
        }))}
      />
    </Section>
  )
}
