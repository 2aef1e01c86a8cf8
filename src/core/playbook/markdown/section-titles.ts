/** What the sections of a document are called, and in which order they stand. */
import { DOCUMENT_SECTIONS, type PlaybookFile } from '../schema.ts'
import type { SectionKey } from './vocabulary.ts'

export const DEFAULT_TITLE = 'Incident Response Playbook'

export const SECTION_TITLES: Readonly<Record<SectionKey, string>> = {
  metadata: 'Playbook Metadata',
  severities: 'Severity Matrix',
  lifecycle: 'Incident Lifecycle',
  incident_types: 'Common Incidents & Mitigations',
  communication: 'Communication Plan',
  roles: 'Roles & Responsibilities',
  post_mortem: 'Post-Mortem Report Template (appendix)',
  compliance: 'Compliance & Reporting',
}

type Sections = NonNullable<NonNullable<PlaybookFile['document']>['sections']>

/** Only what differs from the usual: titles, and, where the order does, the whole of it. */
export function unusualSections(seen: Sections): Sections {
  const places = seen.map(({ section }) => DOCUMENT_SECTIONS.indexOf(section))
  const inOrder = places.every((place, index) => index === 0 || place > (places[index - 1] ?? 0))
  if (inOrder) return seen.filter(({ section, title }) => title !== SECTION_TITLES[section])
  const [first, ...others] = seen
  return first?.section === 'metadata' && first.title === SECTION_TITLES.metadata ? others : seen
}

/** All sections in the order of the document; those that it does not name follow the one they usually follow. */
export function orderSections(sections: Sections): readonly { readonly section: SectionKey; readonly title: string }[] {
  const named = sections.map(({ section }) => section)
  const places = named.map((section) => DOCUMENT_SECTIONS.indexOf(section))
  const inOrder = places.every((place, index) => index === 0 || place > (places[index - 1] ?? 0))
  const order: SectionKey[] = inOrder ? [...DOCUMENT_SECTIONS] : [...new Set(named)]
  for (const [place, section] of DOCUMENT_SECTIONS.entries()) {
    if (order.includes(section)) continue
    const before = DOCUMENT_SECTIONS[place - 1]
    order.splice(before === undefined ? 0 : order.indexOf(before) + 1, 0, section)
  }
  return order.map((section) => ({ section, title: sections.find((one) => one.section === section)?.title ?? SECTION_TITLES[section] }))
}
