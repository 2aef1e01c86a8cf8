/** A version of the playbook as the document people read. Only that in force tells who holds a role now. */
import type { FunctionComponent } from 'react'
import type { PlaybookView } from '../../../src/api/schema.ts'
import { EscalationSection, MatrixSection } from './matrix-section.tsx'
import { CommunicationSection, DutySection, RolesSection } from './people-sections.tsx'
import {
  ComplianceSection,
  LifecycleSection,
  PassSection,
  PostMortemSection,
  ServicesSection,
  SlaSection,
  TeamsSection,
} from './rest-sections.tsx'
import { Opening, titleOf } from './section.tsx'
import { sectionsOf, type SectionKey } from './sections.ts'
import { TypesSection } from './types-section.tsx'

const SECTIONS: Readonly<Record<SectionKey, FunctionComponent<{ readonly playbook: PlaybookView }>>> = {
  severities: MatrixSection,
  escalation: EscalationSection,
  lifecycle: LifecycleSection,
  incident_types: TypesSection,
  communication: CommunicationSection,
  duty_roles: DutySection,
  roles: RolesSection,
  post_mortem: PostMortemSection,
  slas: SlaSection,
  services: ServicesSection,
  teams: TeamsSection,
  compliance: ComplianceSection,
  pass_criteria: PassSection,
}

interface DocumentProps {
  readonly playbook: PlaybookView
  readonly inForce: boolean
}

export function Document({ playbook, inForce }: DocumentProps) {
  return (
    <div className="min-w-0 space-y-4">
      <Opening playbook={playbook} />
      {sectionsOf(playbook)
        .filter((key) => inForce || key !== 'duty_roles')
        .map((key) => {
          const Shown = SECTIONS[key]
          return <Shown key={key} playbook={playbook} />
        })}
    </div>
  )
}

/** Beside the document on wide screens. */
export function Contents({ playbook, inForce }: DocumentProps) {
  return (
    <nav aria-label="Contents" className="sticky top-4 self-start max-[1099px]:hidden">
      <ul className="space-y-0.5 border-l border-line text-s">
        {sectionsOf(playbook)
          .filter((key) => inForce || key !== 'duty_roles')
          .map((key) => (
            <li key={key}>
              <a
                href={`#${key}`}
                className="-ml-px block border-l border-transparent py-1 pl-3 text-muted hover:border-accent hover:text-text"
              >
                {titleOf(playbook, key)}
              </a>
            </li>
          ))}
      </ul>
    </nav>
  )
}
