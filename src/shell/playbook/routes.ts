/** The playbook in force, and every version there ever was: its text, who saved it and why, what it changed. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { CurrentPlaybook, listOf, ListQuery, PlaybookDiff, PlaybookVersion, PlaybookVersionDetail } from '../../api/schema.ts'
import type { PlaybookDigest } from '../../core/id.ts'
import type { Playbook } from '../../core/playbook/playbook.ts'
import { reviewOf } from '../../core/playbook/review.ts'
import type { Roster } from '../../core/oncall/roster.ts'
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { require } from '../http/authenticate.ts'
import { readCursor, toList } from '../http/cursor.ts'
import { showPlaybook } from '../http/playbook-view.ts'
import { ProblemError } from '../http/problem.ts'
import { answers } from '../http/route-kit.ts'
import type { Ports } from '../ports.ts'
import type { Checker } from './checker.ts'
import type { PlaybookService } from './playbooks.ts'
import { showAuthor, showChange, showFinding, showVersion } from './present.ts'
import { overThread } from './thread-problem.ts'
import { findSource, findVersionRow, listVersionRows } from './version-list-store.ts'

/** The parts of a server that its playbook routes need. */
export interface PlaybookParts extends Pick<PlaybookService, 'readText' | 'textInForce' | 'save'> {
  readonly status: () => Pick<ReturnType<PlaybookService['status']>, 'refused' | 'findings'>
  readonly checker: Checker
  /** Who can be reached at any instant, by the schedules and people of now. */
  readonly rosterReader: (tx: Tx, playbook: Playbook) => Promise<(instant: Instant, team?: string | null) => Roster>
}

const tags = ['playbook']
const DigestParams = z.object({ digest: z.string().max(64) })
/** `to`: a digest or a number; the version in force when left out. */
const DiffQuery = z.object({ to: z.string().max(64).optional() })

export function playbookVersionRoutes(ports: Ports, parts: PlaybookParts): FastifyPluginAsyncZod {
  const current = (): PlaybookDigest => ports.playbooks.current().digest
  return async (app) => {
    app.get(
      '/playbook',
      {
        schema: {
          tags,
          operationId: 'getPlaybook',
          summary: 'The playbook in force for new incidents, and what keeps a newer text from taking its place',
          response: answers({ 200: CurrentPlaybook }),
        },
      },
      async (request) => {
        const viewer = require(request, 'playbook.read')
        const playbook = ports.playbooks.current()
        const { row, review } = await ports.database.inTransaction('main', async (tx) => ({
          row: await findVersionRow(tx, viewer.personId, playbook.digest),
          review: reviewOf(playbook.metadata, tx.now),
        }))
        const { refused, findings } = parts.status()
        const fault = { refused: [...refused], findings: findings.filter(({ file }) => refused.includes(file)).map(showFinding) }
        const author = row === undefined ? null : showAuthor(row)
        return { ...showPlaybook(playbook, row), review, author, reason: row?.reason ?? '', fault: refused.length === 0 ? null : fault }
      },
    )

    app.get(
      '/playbook/versions',
      {
        schema: {
          tags,
          operationId: 'listPlaybookVersions',
          summary: 'Every version of the playbook, newest first, with who saved it and how many incidents ran under it',
          querystring: ListQuery,
          response: answers({ 200: listOf(PlaybookVersion) }),
        },
      },
      async (request) => {
        const viewer = require(request, 'playbook.read')
        const { cursor, limit } = request.query
        const before = readCursor(cursor, 'number')
        const rows = await ports.database.inTransaction('main', (tx) => listVersionRows(tx, viewer.personId, { limit: limit + 1, before }))
        return toList(
          rows,
          limit,
          (row) => String(row.number),
          (row) => showVersion(row, current()),
        )
      },
    )

    app.get(
      '/playbook/versions/:digest',
      {
        schema: {
          tags,
          operationId: 'getPlaybookVersion',
          summary: 'One version, as text and as JSON; by its digest or its number',
          params: DigestParams,
          response: answers({ 200: PlaybookVersionDetail }),
        },
      },
      async (request) => {
        const viewer = require(request, 'playbook.read')
        return ports.database.inTransaction('main', async (tx) => {
          const { source, digest } = await loadSource(tx, request.params.digest)
          const row = await findVersionRow(tx, viewer.personId, digest)
          if (row === undefined) throw unknownVersion()
          const playbook = await ports.playbooks.load(tx, digest).catch(() => null)
          return { ...showVersion(row, current()), source, playbook: playbook === null ? null : showPlaybook(playbook, row) }
        })
      },
    )

    app.get(
      '/playbook/versions/:digest/diff',
      {
        schema: {
          tags,
          operationId: 'diffPlaybookVersions',
          summary: 'What changed from this version to another, as sentences and as lines',
          params: DigestParams,
          querystring: DiffQuery,
          response: answers({ 200: PlaybookDiff }),
        },
      },
      async (request) => {
        require(request, 'playbook.read')
        const { from, to } = await ports.database.inTransaction('main', async (tx) => ({
          from: await loadSource(tx, request.params.digest),
          to: await loadSource(tx, request.query.to ?? current()),
        }))
        const { changes, patch } = await overThread(() => parts.checker.compare({ before: from.source, after: to.source }))
        if (changes === null) throw new ProblemError('playbook-unreadable')
        return { from: showRef(from), to: showRef(to), changes: changes.map(showChange), patch }
      },
    )
  }
}

function showRef({ number, digest }: { readonly number: number; readonly digest: string }) {
  return { number, digest }
}

async function loadSource(tx: Tx, wanted: string) {
  const found = await findSource(tx, wanted)
  if (found === undefined) throw unknownVersion()
  return found
}

function unknownVersion(): ProblemError {
  return new ProblemError('not-found', { detail: 'There is no such version of the playbook.' })
}
