/** What this phase still owes, in the order in which one would do it, each with the row of the playbook that asks for it. */
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Incident, OwedItem } from '../../../src/api/schema.ts'
import { runCommand } from '../../app/commands.ts'
import { toMs } from '../../lib/moment.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { Moment } from '../../parts/moment.tsx'
import { clauseLink } from '../playbook/anchor.ts'
import type { OfferId } from './offered.ts'
import { counted, PHASE_WORDS } from './words.ts'

/** What comes first is done first; the rest is a press away, so that the timeline stays near. */
const SHOWN_FIRST = 5

/** What does it, where one press can. The main action has its button already. */
const DOES: Readonly<Partial<Record<OwedItem['code'], { readonly id: OfferId; readonly label: string }>>> = {
  'take-command': { id: 'roles', label: 'Take or give' },
  classify: { id: 'triage', label: 'Triage' },
  'measure-impact': { id: 'impact', label: 'Record' },
  'consider-severity': { id: 'severity', label: 'Change severity' },
}

export function OwedCard({ incident, mayRespond }: { readonly incident: Incident; readonly mayRespond: boolean }) {
  const [all, setAll] = useState(false)
  if (incident.owed.length === 0) return null
  const shown = all ? incident.owed : incident.owed.slice(0, SHOWN_FIRST)
  return (
    <Card title={`Still owed: ${PHASE_WORDS[incident.phase].toLowerCase()}`} aside={counted(incident.owed.length, 'thing')} flush>
      <ul className="divide-y divide-line">
        {shown.map((item) => (
          <li key={`${item.code} ${item.text}`} className="flex items-center gap-3 px-3.5 py-2">
            <span aria-hidden className="size-3.5 flex-none rounded-full border-[1.5px] border-line-strong" />
            <p className="min-w-0 flex-1 [overflow-wrap:anywhere]">
              {item.text}{' '}
              <span className="text-s text-muted">
                {roleTitle(incident, item.role)}
                {item.due !== null && (
                  <>
                    {item.role === null ? '' : ' · '}due <Moment at={toMs(item.due)} />
                  </>
                )}{' '}
                {item.clause !== '' && (
                  <Link
                    {...clauseLink(incident.playbook_digest, item.clause)}
                    className="whitespace-nowrap underline decoration-dotted underline-offset-2 hover:text-text"
                  >
                    playbook
                  </Link>
                )}
              </span>
            </p>
            {mayRespond && <Act item={item} />}
          </li>
        ))}
      </ul>
      {incident.owed.length > SHOWN_FIRST && (
        <div className="border-t border-line px-3.5 py-1.5">
          <Button size="s" look="quiet" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? 'Show less' : `Show ${incident.owed.length - SHOWN_FIRST} more`}
          </Button>
        </div>
      )}
    </Card>
  )
}

function Act({ item }: { readonly item: OwedItem }) {
  const does = DOES[item.code]
  if (does === undefined) return null
  return (
    <Button size="s" onClick={() => runCommand(does.id)}>
      {does.label}
    </Button>
  )
}

function roleTitle(incident: Incident, role: string | null): string {
  if (role === null) return ''
  const held = incident.roles.find((item) => item.role === role)
  return held === undefined ? role : `${held.title}${held.person === null ? '' : `, ${held.person.name}`}`
}
