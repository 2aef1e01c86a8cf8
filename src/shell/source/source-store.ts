/** SQL of monitoring sources. Their keys are in `key-store.ts`, what verifies their messages in `secret-store.ts`. */
import { asId, type SourceId } from '../../core/id.ts'
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { freshId } from '../fresh-id.ts'
import { addKey, findKeySource, giveAgain, replaceGiven } from './key-store.ts'

export interface SourceRow {
  readonly id: SourceId
  readonly name: string
  /** Integration whose doors its keys open; null: every door. */
  readonly kind: string | null
  /** A team of the playbook; null: the organisation's. */
  readonly team: string | null
  /** First characters of its newest key in use, to recognise it by; empty when none is. */
  readonly keyPrefix: string
  readonly createdAt: Instant
  readonly revokedAt: Instant | null
  /** Since when its signals open nothing and page nobody. */
  readonly observeSince: Instant | null
  /** Names of topics that may speak through it; empty: any. */
  readonly topics: readonly string[]
  readonly signedOnly: boolean
}

export interface NewSource {
  readonly name: string
  readonly kind: string | null
  /** Taken as it is, whatever its form. */
  readonly key: string
  /** What is said of the key in lists. */
  readonly label?: string
  readonly team?: string | null
  readonly observe?: boolean
}

const SOURCES_MAX = 10_000
const COLUMNS = `s.id, s.name, s.kind, s.team, s.created_at, s.revoked_at, s.observe_since, s.topics, s.signed_only,
  coalesce((select k.prefix from source_key k where k.source_id = s.id and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
            order by k.origin, k.created_at desc, k.id desc limit 1), '') as key_prefix`

interface Row {
  readonly id: string
  readonly name: string
  readonly kind: string | null
  readonly team: string | null
  readonly key_prefix: string
  readonly created_at: Date
  readonly revoked_at: Date | null
  readonly observe_since: Date | null
  readonly topics: string[]
  readonly signed_only: boolean
}

/** @returns null when a source of that name exists, or the key is taken. */
export async function createSource(tx: Tx, source: NewSource): Promise<SourceRow | null> {
  if ((await findKeySource(tx, source.key)) !== undefined) return null
  const id = await insertSource(tx, source)
  if (id === null) return null
  const key = await addKey(tx, { sourceId: id, key: source.key, origin: 'made', label: source.label ?? '' })
  if (key === null) throw new Error('the key was taken meanwhile')
  return loadSource(tx, id)
}

async function insertSource(tx: Tx, source: Omit<NewSource, 'key'>): Promise<SourceId | null> {
  const { rows } = await tx.query<{ id: string }>(
    `insert into source (id, name, kind, team, observe_since) values ($1, $2, $3, $4, case when $5 then now() end)
     on conflict do nothing returning id`,
    [freshId(), source.name, source.kind, source.team ?? null, source.observe ?? false],
  )
  return rows[0] === undefined ? null : asId<SourceId>(rows[0].id)
}

/** Of the key that the environment gives, which takes the place of the one that it gave before. */
export const GIVEN_KEY_LABEL = 'given at start'
const LABELS = { given: GIVEN_KEY_LABEL, replaced: 'replaced at start' } as const

/** Makes sure that this key opens: for the key that the environment gives. One that somebody revoked stays so. */
export async function ensureSource(tx: Tx, source: NewSource): Promise<SourceRow> {
  const known = await findKeySource(tx, source.key)
  if (known !== undefined) {
    await giveAgain(tx, known, source.key, LABELS)
    return loadSource(tx, known)
  }
  const created = await createSource(tx, { ...source, label: GIVEN_KEY_LABEL })
  if (created !== null) return created
  const { rows } = await tx.query<{ id: string }>(`update source set revoked_at = null where name = $1 returning id`, [source.name])
  const row = rows[0]
  if (row === undefined) throw new Error(`the source ${source.name} was neither there nor could it be made`)
  const id = asId<SourceId>(row.id)
  await replaceGiven(tx, id, LABELS)
  await addKey(tx, { sourceId: id, key: source.key, origin: 'made', label: GIVEN_KEY_LABEL })
  return loadSource(tx, id)
}

/** A source of Tocsin's own, which no key opens. */
export async function ensureInternalSource(tx: Tx, name: string): Promise<SourceRow> {
  const found = await findSourceByName(tx, name)
  if (found !== undefined) return found
  await insertSource(tx, { name, kind: INTERNAL_KIND })
  const made = await findSourceByName(tx, name)
  if (made === undefined) throw new Error(`the internal source ${name} could not be made`)
  return made
}
export const INTERNAL_KIND = 'tocsin'

async function findSourceByName(tx: Tx, name: string): Promise<SourceRow | undefined> {
  const { rows } = await tx.query<Row>(`select ${COLUMNS} from source s where s.name = $1`, [name])
  return rows[0] === undefined ? undefined : toSource(rows[0])
}

/** Not those of Tocsin's own. @param options.lock until the transaction ends, so that two changes take turns */
export async function findSource(
  tx: Tx,
  id: SourceId,
  options: { readonly lock: boolean } = { lock: false },
): Promise<SourceRow | undefined> {
  const { rows } = await tx.query<Row>(
    `select ${COLUMNS} from source s where s.id = $1 and s.kind is distinct from $2 ${options.lock ? 'for update of s' : ''}`,
    [id, INTERNAL_KIND],
  )
  return rows[0] === undefined ? undefined : toSource(rows[0])
}

/** @throws when there is none */
export async function loadSource(tx: Tx, id: SourceId): Promise<SourceRow> {
  const { rows } = await tx.query<Row>(`select ${COLUMNS} from source s where s.id = $1`, [id])
  if (rows[0] === undefined) throw new Error(`there is no source ${id}`)
  return toSource(rows[0])
}

/** Newest first; those of Tocsin's own are not listed. */
export async function listSources(tx: Tx): Promise<SourceRow[]> {
  const { rows } = await tx.query<Row>(
    `select ${COLUMNS} from source s where s.kind is distinct from $1 order by s.created_at desc, s.id desc limit ${SOURCES_MAX}`,
    [INTERNAL_KIND],
  )
  return rows.map(toSource)
}

export async function countSources(tx: Tx): Promise<number> {
  const { rows } = await tx.query<{ count: number }>('select count(*)::int as count from source')
  return rows[0]?.count ?? 0
}

export interface SourceValues {
  readonly name: string
  readonly kind: string | null
  readonly team: string | null
  readonly observe: boolean
  readonly topics: readonly string[]
  readonly signedOnly: boolean
}

/** @returns null when another source has that name. */
export async function changeSource(tx: Tx, id: SourceId, values: SourceValues): Promise<SourceRow | null> {
  const taken = await findSourceByName(tx, values.name)
  if (taken !== undefined && taken.id !== id) return null
  await tx.query(
    `update source set name = $2, kind = $3, team = $4, observe_since = case when $5 then coalesce(observe_since, now()) end,
       topics = $6, signed_only = $7 where id = $1`,
    [id, values.name, values.kind, values.team, values.observe, values.topics, values.signedOnly],
  )
  return loadSource(tx, id)
}

/** All its keys open nothing from at most a second later. @returns undefined when there is no such source. */
export async function revokeSource(tx: Tx, id: SourceId): Promise<SourceRow | undefined> {
  const found = await findSource(tx, id, { lock: true })
  if (found === undefined) return undefined
  await tx.query(`update source set revoked_at = coalesce(revoked_at, now()) where id = $1`, [id])
  return loadSource(tx, id)
}

export interface OpenSource {
  readonly id: SourceId
  readonly name: string
  readonly kind: string | null
  readonly team: string | null
  readonly topics: readonly string[]
  readonly signedOnly: boolean
  readonly observeSince: Instant | null
}

/** All that are not revoked: few, so the doors keep them in memory. */
export async function loadOpenSources(tx: Tx): Promise<OpenSource[]> {
  const { rows } = await tx.query<Omit<Row, 'key_prefix' | 'created_at' | 'revoked_at'>>({
    name: 'load-open-sources',
    text: `select id, name, kind, team, topics, signed_only, observe_since from source where revoked_at is null
           order by created_at desc limit ${SOURCES_MAX}`,
  })
  return rows.map((row) => ({
    id: asId<SourceId>(row.id),
    name: row.name,
    kind: row.kind,
    team: row.team,
    topics: row.topics,
    signedOnly: row.signed_only,
    observeSince: row.observe_since?.getTime() ?? null,
  }))
}

/** Of these sources, the teams of those that are bound to one; revoked ones too. */
export async function findTeams(tx: Tx, sourceIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await tx.query<{ id: string; team: string }>({
    name: 'find-source-teams',
    text: 'select id, team from source where id = any($1::uuid[]) and team is not null',
    values: [sourceIds],
  })
  return new Map(rows.map((row) => [row.id, row.team]))
}

function toSource(row: Row): SourceRow {
  return {
    id: asId<SourceId>(row.id),
    name: row.name,
    kind: row.kind,
    team: row.team,
    keyPrefix: row.key_prefix,
    createdAt: row.created_at.getTime(),
    revokedAt: row.revoked_at?.getTime() ?? null,
    observeSince: row.observe_since?.getTime() ?? null,
    topics: row.topics,
    signedOnly: row.signed_only,
  }
}
