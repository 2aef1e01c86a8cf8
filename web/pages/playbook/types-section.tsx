/** The incidents the document knows: what sets each off, how bad it is, what to do at once and afterwards. */
import type { IncidentTypeRow, PlaybookView } from '../../../src/api/schema.ts'
import { Facts } from '../../parts/facts.tsx'
import { SeverityWord } from '../../parts/severity.tsx'
import { Tag } from '../../parts/tag.tsx'
import { counted } from '../incident/words.ts'
import { Section } from './section.tsx'
import { detectionText } from './words.ts'

export function TypesSection({ playbook }: { readonly playbook: PlaybookView }) {
  const rank = (severity: string): number => playbook.severities.find((row) => row.id === severity)?.rank ?? 3
  return (
    <Section playbook={playbook} section="incident_types" aside={counted(playbook.incident_types.length, 'type')} flush>
      <ul className="divide-y divide-line">
        {playbook.incident_types.map((type, place) => (
          <li key={type.id} id={`incident_types.${place}`} className="scroll-mt-16 space-y-1.5 px-3.5 py-3">
            <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
              <h3 className="font-[620]">{type.title}</h3>
              <span id={`incident_types.${place}.severity`} className="rounded-chip px-1">
                <SeverityWord rank={rank(type.severity)} name={type.severity} />
              </span>
              {type.team !== null && <Tag>{type.team}</Tag>}
            </div>
            <Facts
              facts={[
                ['Detected by', <Detection key="d" type={type} at={`incident_types.${place}.detection`} />],
                ['First step', type.first_step],
                ['Mitigation', <List key="m" items={type.mitigation.map(mitigationText)} />],
                ['Follow-up', <List key="f" items={type.follow_up} />],
                ['Told apart by', type.group_by.join(', ')],
              ]}
            />
          </li>
        ))}
      </ul>
    </Section>
  )
}

function Detection({ type, at }: { readonly type: IncidentTypeRow; readonly at: string }) {
  if (type.detection.length === 0) return <span className="text-muted">people only</span>
  return (
    <ul className="space-y-1">
      {type.detection.map((rule, place) => (
        // oxlint-disable-next-line react/no-array-index-key -- the place is what clauses name
        <li key={place} id={`${at}.${place}`}>
          {detectionText(rule)}
          {rule.when !== null && (
            <code className="mt-0.5 block rounded-chip border border-line bg-bg px-2 py-1 text-xs whitespace-pre-wrap">
              when {rule.when}
            </code>
          )}
        </li>
      ))}
    </ul>
  )
}

function List({ items }: { readonly items: readonly string[] }) {
  if (items.length === 0) return <span className="text-muted">none written</span>
  if (items.length === 1) return items[0]
  return (
    <ol className="list-decimal pl-5">
      {items.map((item) => (
        <li key={item}>{item}</li>
      ))}
    </ol>
  )
}

function mitigationText({ title, action }: IncidentTypeRow['mitigation'][number]): string {
  return action === null ? title : `${title} (${action})`
}
