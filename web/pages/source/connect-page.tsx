/** Connecting a source: choose what it is, name it, paste what it needs, send a test and see it arrive. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState, type FormEvent } from 'react'
import type { SourceBody, SourceCreated, SourceKind } from '../../../src/api/schema.ts'
import { sourceKindsQuery } from '../../api/detection.ts'
import { keys } from '../../api/keys.ts'
import { explainError, fieldError } from '../../api/problem.ts'
import { request } from '../../api/request.ts'
import { useTitle } from '../../lib/title.ts'
import { Button, buttonClass } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { CheckField, FormError, TextField } from '../../parts/field.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { Failed, SkeletonRows } from '../../parts/states.tsx'
import { Arrivals } from './arrivals.tsx'
import { KindPicker } from './kind-picker.tsx'
import { SetupGuide } from './setup-guide.tsx'
import { TeamField } from './team-card.tsx'
import { TestCard } from './test-card.tsx'

export function ConnectPage() {
  useTitle('Connect a source')
  const { kind: chosen } = useSearch({ from: '/shell/sources/connect' })
  const navigate = useNavigate({ from: '/sources/connect' })
  const kinds = useQuery(sourceKindsQuery)
  // The key is in no address and in no cache: it goes with this page.
  const [created, setCreated] = useState<SourceCreated | null>(null)
  const kind = kinds.data?.find((known) => known.id === chosen)
  const title = created !== null ? created.name : kind === undefined ? 'Connect a source' : `Connect ${kind.title}`
  return (
    <div className="mx-auto max-w-[1060px]">
      <PageHead title={title} about={kind?.setup?.purpose ?? 'Choose what you have. You get its address, a key and the lines to paste.'}>
        {kind !== undefined && created === null && <Button onClick={() => void navigate({ search: {} })}>Choose another</Button>}
      </PageHead>
      {kinds.data === undefined && kinds.isError && (
        <Failed what="kinds of sources" error={kinds.error} retry={() => void kinds.refetch()} />
      )}
      {kinds.data === undefined && !kinds.isError && <SkeletonRows />}
      {kinds.data !== undefined && kind === undefined && (
        <KindPicker kinds={kinds.data} onChoose={(id) => void navigate({ search: { kind: id } })} />
      )}
      {kind !== undefined && created === null && <NameForm kind={kind} onCreated={setCreated} />}
      {kind !== undefined && created !== null && <Created kind={kind} source={created} />}
    </div>
  )
}

function NameForm({ kind, onCreated }: { readonly kind: SourceKind; readonly onCreated: (source: SourceCreated) => void }) {
  const client = useQueryClient()
  const [name, setName] = useState(kind.title)
  const [secret, setSecret] = useState('')
  const [team, setTeam] = useState<string | null>(null)
  const [observe, setObserve] = useState(false)
  const create = useMutation({
    mutationFn: (body: SourceBody) => request<SourceCreated>('sources', { method: 'POST', body }),
    onSuccess: (source) => {
      void client.invalidateQueries({ queryKey: keys.sources })
      onCreated(source)
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    create.mutate({ name: name.trim(), kind: kind.id, team, observe, ...(secret === '' ? {} : { signing: { secret } }) })
  }
  const signing = kind.certificates ? null : (kind.setup?.signing ?? null)
  return (
    <form onSubmit={submit} className="mx-auto max-w-[560px]">
      <Card title="Name it">
        <div className="space-y-4">
          <TextField
            label="Name"
            hint="As it should read on incidents, such as Prometheus eu-west-1."
            required
            maxLength={200}
            value={name}
            error={fieldError(create.error, 'name')}
            onChange={(event) => setName(event.target.value)}
          />
          {signing !== null && (
            <TextField
              label="Signing secret (can be set later)"
              hint={`${signing.secret_from} It comes as ${signing.header}. Without it, messages are taken unsigned, and the source’s page says so.`}
              type="password"
              autoComplete="off"
              maxLength={1_024}
              value={secret}
              error={fieldError(create.error, 'signing')}
              onChange={(event) => setSecret(event.target.value)}
            />
          )}
          <TeamField value={team} error={fieldError(create.error, 'team')} onChange={setTeam} />
          <CheckField
            label="Observe first"
            hint="Its signals are kept and shown and page nobody, until you switch it on. You see what it would have done."
            checked={observe}
            onChange={(event) => setObserve(event.target.checked)}
          />
          {create.isError && fieldError(create.error, 'name') === undefined && <FormError>{explainError(create.error)}</FormError>}
          <div className="flex flex-row-reverse gap-2 max-[760px]:flex-col">
            <Button type="submit" look="main" busy={create.isPending} disabled={name.trim() === ''}>
              Make its key
            </Button>
            <Link to="/sources" className={buttonClass()}>
              Cancel
            </Link>
          </div>
        </div>
      </Card>
    </form>
  )
}

function Created({ kind, source }: { readonly kind: SourceKind; readonly source: SourceCreated }) {
  return (
    <div className="grid gap-4 min-[1000px]:grid-cols-[minmax(0,1fr)_420px]">
      <div className="min-w-0 space-y-4">
        <Card title={`Tell ${kind.title}`}>
          <SetupGuide kind={kind} apiKey={source.key} />
        </Card>
      </div>
      <div className="min-w-0 space-y-4">
        <TestCard sourceId={source.id} kind={kind} />
        <Arrivals sourceId={source.id} />
        <Link to="/sources/$id" params={{ id: source.id }} className={buttonClass()}>
          I have kept the key: open the source
        </Link>
      </div>
    </div>
  )
}
