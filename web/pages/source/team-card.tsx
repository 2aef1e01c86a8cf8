/** Whose a source is: what comes by its keys is that team's, where no service of another says otherwise. */
import { useQuery } from '@tanstack/react-query'
import type { SourceDetail } from '../../../src/api/schema.ts'
import { fieldError } from '../../api/problem.ts'
import { playbookQuery } from '../../api/queries.ts'
import { Card } from '../../parts/card.tsx'
import { SelectField } from '../../parts/field.tsx'
import type { ChangeSource } from './change-source.ts'

interface TeamCardProps {
  readonly source: SourceDetail
  readonly mayManage: boolean
  readonly change: ChangeSource
}

/** Nothing where the playbook names no team and the source is bound to none. */
export function TeamCard({ source, mayManage, change }: TeamCardProps) {
  const teams = useTeams()
  if (!mayManage || (teams.length === 0 && source.team === null)) return null
  return (
    <Card title="Team">
      <TeamField
        value={source.team}
        disabled={change.isPending}
        error={fieldError(change.error, 'team')}
        onChange={(team) => change.mutate({ team })}
      />
    </Card>
  )
}

interface TeamFieldProps {
  readonly value: string | null
  readonly disabled?: boolean
  readonly error?: string | undefined
  readonly onChange: (team: string | null) => void
}

/** Nothing where the playbook names no team and none is chosen. */
export function TeamField({ value, disabled, error, onChange }: TeamFieldProps) {
  const teams = useTeams()
  if (teams.length === 0 && value === null) return null
  return (
    <SelectField
      label="Whose it is"
      hint="What comes by its keys opens incidents of that team and pages its people, unless it hits a service of another."
      value={value ?? ''}
      disabled={disabled}
      error={error}
      onChange={(event) => onChange(event.target.value === '' ? null : event.target.value)}
    >
      <option value="">nobody’s in particular</option>
      {value !== null && !teams.includes(value) && <option value={value}>{value} (not in the playbook)</option>}
      {teams.map((team) => (
        <option key={team}>{team}</option>
      ))}
    </SelectField>
  )
}

function useTeams(): readonly string[] {
  return useQuery(playbookQuery).data?.teams.map((team) => team.name) ?? []
}
