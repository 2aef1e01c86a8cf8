/** What to ask about: an alarm of the playbook, a raw message with its door, or a signal that was received; and when. */
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { PlaybookView } from '../../../src/api/schema.ts'
import { sourceKindsQuery, sourceListQuery } from '../../api/detection.ts'
import { meQuery, playbookQuery } from '../../api/queries.ts'
import { isZone, ownZone } from '../../lib/wall-time.ts'
import { Button } from '../../parts/button.tsx'
import { Choices } from '../../parts/choices.tsx'
import { SelectField, TextArea, TextField } from '../../parts/field.tsx'
import { doorsOf } from './doors.ts'
import type { ExplainSearch } from './search.ts'

/** What each needs beside the playbook; null: nothing. */
const WAYS = [
  { value: 'alarm', label: 'An alarm', needs: null },
  { value: 'body', label: 'A raw message', needs: 'source.read' },
  { value: 'signal', label: 'A past signal', needs: 'signal.read' },
] as const

/** Kinds of sender as the server knows them; none for who may not read sources. */
function useKinds() {
  const mayRead = useQuery(meQuery).data?.can.includes('source.read') === true
  return useQuery({ ...sourceKindsQuery, enabled: mayRead }).data ?? []
}

interface FormProps {
  readonly search: ExplainSearch
  readonly body: string
  readonly busy: boolean
  readonly onAsk: (search: ExplainSearch, body: string) => void
}

/** Remounted by its caller when the address changes by other ways than this form. */
export function ExplainForm({ search, body, busy, onAsk }: FormProps) {
  const [draft, setDraft] = useState<ExplainSearch>(search)
  const [pasted, setPasted] = useState(body)
  const playbook = useQuery(playbookQuery).data
  const can = useQuery(meQuery).data?.can ?? []
  const kinds = useKinds()
  const set = (change: { readonly [Name in keyof ExplainSearch]?: string }): void => setDraft((before) => cleaned({ ...before, ...change }))
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    onAsk(draft, pasted)
  }
  const by = draft.by ?? 'alarm'
  return (
    <form onSubmit={submit} className="space-y-3.5" aria-label="The signal">
      <Choices
        legend="What to ask about"
        name="by"
        wide
        value={by}
        choices={WAYS.filter(({ needs }) => needs === null || can.includes(needs))}
        onChange={(value) => set({ by: value === 'alarm' ? '' : value })}
      />
      {by === 'alarm' && (
        <AlarmFields draft={draft} set={set} playbook={playbook} onPick={(picked) => onAsk(cleaned({ ...draft, ...picked }), pasted)} />
      )}
      {by === 'body' && (
        <>
          <SelectField
            label="The door it comes in by"
            required
            value={draft.door ?? ''}
            onChange={(event) => set({ door: event.target.value })}
          >
            <option value="">Choose a door</option>
            {doorsOf(kinds).map((door) => (
              <option key={door.id} value={door.id}>
                {door.title}
              </option>
            ))}
          </SelectField>
          <TextArea
            label="Body"
            hint="As the sender sends it. It is not stored, opens nothing and is not part of this page’s address."
            required
            rows={9}
            spellCheck={false}
            className="font-mono text-xs"
            value={pasted}
            onChange={(event) => setPasted(event.target.value)}
          />
        </>
      )}
      {by === 'signal' && (
        <TextField
          label="Id of the signal"
          hint="On the page of signals, each has a link “What would this do now?”"
          required
          value={draft.signal ?? ''}
          onChange={(event) => set({ signal: event.target.value })}
        />
      )}
      <WhenFields draft={draft} set={set} />
      <Button type="submit" look="main" busy={busy} className="w-full">
        Try it
      </Button>
    </form>
  )
}

interface FieldsProps {
  readonly draft: ExplainSearch
  readonly set: (change: { readonly [Name in keyof ExplainSearch]?: string }) => void
}

interface AlarmProps extends FieldsProps {
  readonly playbook: PlaybookView | undefined
  readonly onPick: (picked: ExplainSearch) => void
}

function AlarmFields({ draft, set, playbook, onPick }: AlarmProps) {
  return (
    <>
      <Picks playbook={playbook} onPick={onPick} />
      <TextField label="Alarm" hint="Its exact name." value={draft.alarm ?? ''} onChange={(event) => set({ alarm: event.target.value })} />
      <div className="grid grid-cols-2 gap-3">
        <TextField
          label="Value"
          inputMode="decimal"
          placeholder="none"
          value={draft.value ?? ''}
          onChange={(event) => set({ value: event.target.value })}
        />
        <TextField
          label="Sender’s severity"
          placeholder="none"
          value={draft.hint ?? ''}
          onChange={(event) => set({ hint: event.target.value })}
        />
      </div>
      <details open={draft.labels !== undefined || draft.title !== undefined || draft.source !== undefined || draft.status !== undefined}>
        <summary className="cursor-pointer py-1 text-s text-muted hover:text-text max-[760px]:py-2.5">
          Sender, labels, title, status
        </summary>
        <div className="space-y-3.5 pt-2">
          <SourceField value={draft.source ?? ''} onChange={(source) => set({ source })} />
          <TextArea
            label="Labels"
            hint="name=value, one a line."
            rows={3}
            spellCheck={false}
            className="font-mono text-xs"
            value={draft.labels ?? ''}
            onChange={(event) => set({ labels: event.target.value })}
          />
          <TextField label="Title" value={draft.title ?? ''} onChange={(event) => set({ title: event.target.value })} />
          <SelectField label="Status" value={draft.status ?? ''} onChange={(event) => set({ status: event.target.value })}>
            <option value="">firing</option>
            <option value="acknowledged">acknowledged</option>
            <option value="resolved">resolved</option>
          </SelectField>
        </div>
      </details>
    </>
  )
}

/** One press for each detection that the playbook names. */
function Picks({ playbook, onPick }: { readonly playbook: PlaybookView | undefined; readonly onPick: (picked: ExplainSearch) => void }) {
  const picks = (playbook?.incident_types ?? []).flatMap((type) =>
    type.detection.slice(0, 1).map((rule) => ({
      key: type.id,
      title: type.title,
      picked:
        rule.alarm === null
          ? { title: type.title, alarm: '', source: rule.sources[0] ?? '' }
          : { alarm: rule.alarm, title: '', source: rule.sources[0] ?? '' },
    })),
  )
  if (picks.length === 0) return null
  return (
    <div role="group" aria-label="Alarms of the playbook" className="flex max-h-40 flex-wrap gap-1.5 overflow-y-auto">
      {picks.map((pick) => (
        <Button key={pick.key} size="s" onClick={() => onPick(pick.picked)}>
          {pick.title}
        </Button>
      ))}
    </div>
  )
}

function SourceField({ value, onChange }: { readonly value: string; readonly onChange: (value: string) => void }) {
  const mayRead = useQuery(meQuery).data?.can.includes('source.read') === true
  const sources = useQuery({ ...sourceListQuery, enabled: mayRead }).data ?? []
  const kinds = useKinds()
  return (
    <SelectField
      label="Sent by"
      hint="Detections may listen to some senders only."
      value={value}
      onChange={(event) => onChange(event.target.value)}
    >
      <option value="">any</option>
      {sources.length > 0 && (
        <optgroup label="Sources">
          {sources.map((source) => (
            <option key={source.id} value={source.id}>
              {source.name}
            </option>
          ))}
        </optgroup>
      )}
      {kinds.length > 0 && (
        <optgroup label="Kinds">
          {kinds.map((kind) => (
            <option key={kind.id} value={kind.id}>
              {kind.title}
            </option>
          ))}
        </optgroup>
      )}
      {/* Of a link, or of a detection of the playbook: it must not be lost where nothing in the list is it. */}
      {value !== '' && !sources.some(({ id }) => id === value) && !kinds.some(({ id }) => id === value) && (
        <option value={value}>{value}</option>
      )}
    </SelectField>
  )
}

function WhenFields({ draft, set }: FieldsProps) {
  const zone = draft.zone ?? ownZone()
  return (
    <div className="grid gap-3 min-[361px]:grid-cols-2">
      <TextField
        label="When"
        type="datetime-local"
        hint="Now when left empty."
        value={draft.at ?? ''}
        onChange={(event) => set({ at: event.target.value })}
      />
      <TextField
        label="Time zone"
        list="zones"
        value={zone}
        error={isZone(zone) ? undefined : 'There is no such zone.'}
        onChange={(event) => set({ zone: event.target.value })}
      />
      <datalist id="zones">
        {Intl.supportedValuesOf('timeZone').map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </div>
  )
}

/** An empty field is one that is not asked about. */
function cleaned(search: { readonly [Name in keyof ExplainSearch]?: string }): ExplainSearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== ''))
}
