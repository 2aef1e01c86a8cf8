/** The dialogs that ask before an incident is changed, in the words of what it does. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Incident } from '../../../src/api/schema.ts'
import { fieldError } from '../../api/problem.ts'
import { incidentAlertsQuery, meQuery, peopleQuery, playbookQuery } from '../../api/queries.ts'
import { formatLimit } from '../../lib/duration.ts'
import { SelectField, TextArea } from '../../parts/field.tsx'
import { AskForm, type AskProps } from './ask-form.tsx'
import { CallIn } from './call-in-dialog.tsx'
import { RecordImpact } from './impact-dialog.tsx'
import { LinkTo, MergeInto } from './between-dialogs.tsx'
import { MovePlaybook } from './move-dialog.tsx'
import type { OfferId } from './offered.ts'
import { Snooze } from './snooze-dialog.tsx'
import { Triage } from './triage-dialog.tsx'
import { counted, numberOf } from './words.ts'

export function ActionDialog({ what, ...props }: AskProps & { readonly what: OfferId }) {
  switch (what) {
    case 'resolve':
      return <Resolve {...props} />
    case 'keep':
      return <KeepOpen {...props} />
    case 'note':
      return <Note {...props} />
    case 'severity':
      return <ChangeSeverity {...props} />
    case 'triage':
      return <Triage {...props} />
    case 'impact':
      return <RecordImpact {...props} />
    case 'move':
      return <MovePlaybook {...props} />
    case 'merge':
      return <MergeInto {...props} />
    case 'link':
      return <LinkTo {...props} />
    case 'snooze':
      return <Snooze {...props} />
    case 'call':
      return <CallIn {...props} />
    case 'roles':
      return <GiveRole {...props} />
    case 'decline':
      return <Decline {...props} />
    case 'release':
      return <Release {...props} />
    case 'reopen':
      return <Reopen {...props} />
    case 'close':
      return <Close {...props} />
    default:
      return null
  }
}

function Resolve(props: AskProps) {
  const { incident } = props
  const [reason, setReason] = useState('')
  return (
    <AskForm
      {...props}
      title={`Resolve ${numberOf(incident)}`}
      submit="Resolve"
      done={`${numberOf(incident)} is resolved`}
      action={() => ({ type: 'resolve', reason })}
    >
      {(error) => (
        <>
          <AlertState reference={props.reference} incident={incident} />
          <TextArea
            label="What ended it"
            hint="Stays on the timeline and starts the post-mortem."
            required
            autoFocus
            value={reason}
            error={fieldError(error, 'reason')}
            onChange={(event) => setReason(event.target.value)}
          />
        </>
      )}
    </AskForm>
  )
}

function KeepOpen(props: AskProps) {
  const [reason, setReason] = useState('')
  return (
    <AskForm
      {...props}
      title={`Keep ${numberOf(props.incident)} open`}
      description="Its alerts are clear, and it is not over. It is neither resolved nor proposed again before an alert fires."
      submit="Keep it open"
      done={`${numberOf(props.incident)} stays open`}
      action={() => ({ type: 'keep-open', reason })}
    >
      {(error) => (
        <TextArea
          label="Why it is not over"
          hint="Stays on the timeline."
          required
          autoFocus
          rows={2}
          value={reason}
          error={fieldError(error, 'reason')}
          onChange={(event) => setReason(event.target.value)}
        />
      )}
    </AskForm>
  )
}

const FIRING_SHOWN = 5

function AlertState({ reference, incident }: { readonly reference: string; readonly incident: Incident }) {
  const alerts = useQuery({ ...incidentAlertsQuery(reference), enabled: incident.alerts_total > 0 }).data
  if (!incident.monitored)
    return (
      <p className="rounded-[6px] bg-warn-soft px-3 py-2 text-warn">
        Nothing monitors it. By resolving it you attest, by name, that it is over.
      </p>
    )
  if (incident.alerts_total === 0) return null
  if (incident.alerts_firing === 0)
    return (
      <p className="rounded-[6px] bg-ok-soft px-3 py-2 text-ok">
        Monitors are green: all {counted(incident.alerts_total, 'alert')} are clear.
      </p>
    )
  const firing = alerts?.items.filter((alert) => alert.state === 'firing') ?? []
  return (
    <div className="rounded-[6px] bg-warn-soft px-3 py-2 text-warn">
      <p>
        Monitors are not green:{' '}
        {incident.alerts_firing === 1 ? '1 alert still fires' : `${incident.alerts_firing.toLocaleString('en-GB')} alerts still fire`}. You
        can resolve it all the same, and the record says so; if they clear and fire again, a new incident opens.
      </p>
      {firing.length > 0 && (
        <ul className="mt-1 list-disc pl-5 text-s">
          {firing.slice(0, FIRING_SHOWN).map((alert) => (
            <li key={alert.id} className="truncate" dir="auto">
              {alert.title}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

function Note(props: AskProps) {
  const [text, setText] = useState('')
  return (
    <AskForm
      {...props}
      title="Add a note"
      submit="Add note"
      done="Note added"
      action={() => ({ type: 'note', text })}
      disabled={text.trim() === ''}
    >
      {(error) => (
        <TextArea
          label="Note"
          hint="Seen, tried, ruled out. Ctrl or Cmd with Enter adds it."
          required
          autoFocus
          rows={5}
          value={text}
          error={fieldError(error, 'text')}
          onChange={(event) => setText(event.target.value)}
        />
      )}
    </AskForm>
  )
}

function ChangeSeverity(props: AskProps) {
  const { incident } = props
  const rows = useQuery(playbookQuery).data?.severities ?? []
  const [severity, setSeverity] = useState(incident.severity)
  const [reason, setReason] = useState('')
  const row = rows.find((candidate) => candidate.id === severity)
  const raised = row !== undefined && row.rank < incident.severity_rank
  return (
    <AskForm
      {...props}
      title={`Change severity of ${numberOf(incident)}`}
      submit={severity === incident.severity ? 'Change severity' : `${raised ? 'Raise' : 'Lower'} to ${severity}`}
      done={`Severity is now ${severity}`}
      disabled={severity === incident.severity}
      action={() => ({ type: 'severity', severity, reason })}
    >
      {(error) => (
        <>
          <fieldset>
            <legend className="mb-1 text-s font-[560]">Severity</legend>
            <div className="divide-y divide-line rounded-[6px] border border-line">
              {rows.map((candidate) => (
                <label key={candidate.id} className="flex cursor-pointer items-start gap-2.5 px-3 py-2 has-checked:bg-accent-soft">
                  <input
                    type="radio"
                    name="severity"
                    value={candidate.id}
                    checked={severity === candidate.id}
                    onChange={() => setSeverity(candidate.id)}
                    className="mt-1 accent-accent"
                  />
                  <span>
                    <span className="font-[600]">
                      {candidate.id}
                      {candidate.id === incident.severity && <span className="font-normal text-muted"> · now</span>}
                    </span>
                    <span className="block text-s text-muted">{candidate.definition}</span>
                  </span>
                </label>
              ))}
            </div>
          </fieldset>
          {row !== undefined && severity !== incident.severity && (
            <p className="text-s text-muted">
              {row.roles.length === 0
                ? `${row.id} pages nobody.`
                : `${row.id} pages ${row.roles.join(', ')}; first response within ${formatLimit(row.response_seconds * 1_000)}.`}{' '}
              {raised ? 'Those not yet reached are paged at once.' : 'Pages that the new severity does not need end.'}
            </p>
          )}
          <TextArea
            label="Why"
            required
            rows={2}
            value={reason}
            error={fieldError(error, 'reason')}
            onChange={(event) => setReason(event.target.value)}
          />
        </>
      )}
    </AskForm>
  )
}

function GiveRole(props: AskProps) {
  const { incident } = props
  const me = useQuery(meQuery).data
  const people = useQuery(peopleQuery).data ?? []
  const [role, setRole] = useState(incident.roles.find((item) => item.person === null)?.role ?? incident.roles[0]?.role ?? '')
  const [personId, setPersonId] = useState(me?.id ?? '')
  const item = incident.roles.find((candidate) => candidate.role === role)
  const self = personId === me?.id
  const name = people.find((person) => person.id === personId)?.name ?? ''
  return (
    <AskForm
      {...props}
      title="Take or give a role"
      submit={self ? 'Take role' : 'Give role'}
      done={self ? `You are ${item?.title ?? role}` : `${name} is ${item?.title ?? role}`}
      disabled={role === '' || personId === ''}
      action={() => ({ type: 'assign', role, personId: self ? null : personId })}
    >
      <SelectField label="Role" autoFocus value={role} hint={item?.responsibility} onChange={(event) => setRole(event.target.value)}>
        {incident.roles.map((candidate) => (
          <option key={candidate.role} value={candidate.role}>
            {candidate.title} ({candidate.person?.name ?? 'nobody yet'})
          </option>
        ))}
      </SelectField>
      <SelectField label="Person" value={personId} onChange={(event) => setPersonId(event.target.value)}>
        {me !== undefined && <option value={me.id}>You</option>}
        {people
          .filter((person) => person.id !== me?.id && person.disabled_at === null)
          .map((person) => (
            <option key={person.id} value={person.id}>
              {person.name}
            </option>
          ))}
      </SelectField>
    </AskForm>
  )
}

function Decline(props: AskProps) {
  return (
    <AskForm
      {...props}
      title="Page the next person"
      submit="Page the next person now"
      done="The next person is paged"
      action={() => ({ type: 'decline' })}
    >
      <p>Your page ends and the next step of the escalation begins at once. Somebody else has to answer.</p>
    </AskForm>
  )
}

function Release(props: AskProps) {
  const [reason, setReason] = useState('')
  return (
    <AskForm
      {...props}
      title="Stop paging"
      description="Everybody who has not answered is no longer paged for this incident at this severity."
      submit="Stop paging"
      done="Nobody is paged any more"
      action={() => ({ type: 'release', role: null, reason })}
    >
      {(error) => (
        <TextArea
          label="Why nobody else is needed"
          required
          autoFocus
          rows={2}
          value={reason}
          error={fieldError(error, 'reason')}
          onChange={(event) => setReason(event.target.value)}
        />
      )}
    </AskForm>
  )
}

function Reopen(props: AskProps) {
  const [reason, setReason] = useState('')
  return (
    <AskForm
      {...props}
      title={`Reopen ${numberOf(props.incident)}`}
      description={`Pages the roles of ${props.incident.severity} again.`}
      submit="Reopen and page"
      done={`${numberOf(props.incident)} is open again`}
      action={() => ({ type: 'reopen', reason })}
    >
      {(error) => (
        <TextArea
          label="What came back"
          required
          autoFocus
          rows={2}
          value={reason}
          error={fieldError(error, 'reason')}
          onChange={(event) => setReason(event.target.value)}
        />
      )}
    </AskForm>
  )
}

function Close(props: AskProps) {
  const [reason, setReason] = useState('')
  return (
    <AskForm
      {...props}
      title={`Close ${numberOf(props.incident)}`}
      description="Ends it: nothing more is asked of anybody. Closed without a review, that is what the record says."
      submit="Close"
      done={`${numberOf(props.incident)} is closed`}
      action={() => ({ type: 'close', reason })}
    >
      {(error) => (
        <TextArea
          label="Why"
          autoFocus
          rows={2}
          value={reason}
          error={fieldError(error, 'reason')}
          onChange={(event) => setReason(event.target.value)}
        />
      )}
    </AskForm>
  )
}
