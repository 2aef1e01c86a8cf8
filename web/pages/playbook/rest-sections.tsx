/** Lifecycle, post-mortem, promises, services, compliance and pass criteria. */
import type { PlaybookView } from '../../../src/api/schema.ts'
import { formatDuration, formatLimit } from '../../lib/duration.ts'
import { Facts } from '../../parts/facts.tsx'
import { Tag } from '../../parts/tag.tsx'
import { Section } from './section.tsx'
import { Table } from './table.tsx'

interface SectionOf {
  readonly playbook: PlaybookView
}

export function LifecycleSection({ playbook }: SectionOf) {
  return (
    <Section playbook={playbook} section="lifecycle">
      <ol className="space-y-2">
        {playbook.lifecycle.map((step, place) => (
          // oxlint-disable-next-line react/no-array-index-key -- the place is what clauses name
          <li key={place} id={`lifecycle.${place}`} className="flex gap-2.5">
            <span
              aria-hidden
              className="grid size-5 flex-none place-items-center rounded-full border-[1.5px] border-line-strong text-xs text-muted"
            >
              {place + 1}
            </span>
            <span>
              <strong className="font-[600]">{step.title}</strong> <span className="text-muted">{step.description}</span>
            </span>
          </li>
        ))}
      </ol>
      <p id="resolution" className="mt-3 border-t border-line pt-2.5 text-s text-muted">
        Monitors count as green once every alert has been clear for {formatLimit(playbook.resolution.quiet_seconds * 1_000)}.{' '}
        {playbook.resolution.automatic.length === 0
          ? 'No severity resolves by itself.'
          : `${playbook.resolution.automatic.join(', ')} resolve by themselves then.`}
      </p>
    </Section>
  )
}

export function PostMortemSection({ playbook }: SectionOf) {
  const { within_seconds: within, severities, sections } = playbook.post_mortem
  return (
    <Section
      playbook={playbook}
      section="post_mortem"
      aside={`within ${formatLimit(within * 1_000)} of resolution · ${severities.join(', ') || 'none'}`}
    >
      <Facts facts={sections.map((section) => [section.title, section.description])} />
    </Section>
  )
}

export function SlaSection({ playbook }: SectionOf) {
  return (
    <Section playbook={playbook} section="slas" flush>
      <Table
        caption="Promises"
        head={['Promise', 'To', 'About', 'Up', 'Answered']}
        rows={playbook.slas.map((sla, place) => ({
          key: sla.id,
          id: `slas.${place}`,
          cells: [
            sla.title,
            sla.customer ?? 'everybody',
            sla.services.length === 0 ? 'all services' : sla.services.join(', '),
            sla.objective === null ? '' : `${sla.objective.percent} % of ${formatDuration(sla.objective.window_seconds * 1_000)}`,
            sla.responses.map((row) => `${row.severity} within ${formatLimit(row.within_seconds * 1_000)}`).join(', '),
          ],
        }))}
      />
    </Section>
  )
}

export function ServicesSection({ playbook }: SectionOf) {
  return (
    <Section playbook={playbook} section="services" flush>
      <Table
        caption="Services"
        head={['Service', 'Team', 'What it is', 'Known by']}
        rows={playbook.services.map((service, place) => ({
          key: service.name,
          id: `services.${place}`,
          cells: [
            <span key="n">
              {service.name} {service.tier !== null && <Tag>tier {service.tier}</Tag>}
            </span>,
            service.team ?? '',
            service.description,
            service.labels.map(({ name, values }) => `${name}: ${values.join(' or ')}`).join(', '),
          ],
        }))}
      />
    </Section>
  )
}

export function TeamsSection({ playbook }: SectionOf) {
  return (
    <Section playbook={playbook} section="teams">
      <Facts facts={playbook.teams.map((team) => [team.name, team.description === '' ? 'no description' : team.description])} />
    </Section>
  )
}

export function ComplianceSection({ playbook }: SectionOf) {
  return (
    <Section playbook={playbook} section="compliance" flush>
      <Table
        caption="Compliance"
        head={['Rule', 'What it asks']}
        rows={playbook.compliance.map((row, place) => ({ key: row.id, id: `compliance.${place}`, cells: [row.title, row.text] }))}
      />
    </Section>
  )
}

export function PassSection({ playbook }: SectionOf) {
  return (
    <Section playbook={playbook} section="pass_criteria">
      <ul className="list-disc space-y-1 pl-5">
        {playbook.pass_criteria.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </Section>
  )
}
