/** Editing the playbook: its file as it lies in the folder, what a text would do, saving it, and taking it away as a patch. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { PlaybookCheck, PlaybookCheckBody, PlaybookPatch, PlaybookSaveBody, PlaybookSaved, PlaybookSource } from '../../api/schema.ts'
import type { Viewer } from '../../core/access/can.ts'
import { PLAYBOOK_FILE } from '../../core/oncall/lint.ts'
import type { FileChange } from '../../core/playbook/diff/folder.ts'
import { formatFinding } from '../../core/playbook/finding.ts'
import { require } from '../http/authenticate.ts'
import { showPlaybook } from '../http/playbook-view.ts'
import { ProblemError } from '../http/problem.ts'
import { answers, IdempotencyHeaders } from '../http/route-kit.ts'
import { findPerson } from '../person/person-store.ts'
import type { Ports } from '../ports.ts'
import { makePatch } from './check-text.ts'
import { showChange, showFinding, showVersion } from './present.ts'
import type { PlaybookParts } from './routes.ts'
import type { SaveResult } from './save.ts'
import { overThread } from './thread-problem.ts'
import { findSource, findVersionRow } from './version-list-store.ts'

const tags = ['playbook']
/** A text of a million characters, each written as an escape of JSON, and the little around it. */
const bodyLimit = 6_500_000
const ERRORS_TOLD_MAX = 20

export function playbookSaveRoutes(ports: Ports, parts: PlaybookParts): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/playbook/source',
      {
        schema: {
          tags,
          operationId: 'getPlaybookSource',
          summary: 'The file as it lies in the folder now: what an editor edits, and whether it may be saved',
          response: answers({ 200: PlaybookSource }),
        },
      },
      async (request) => {
        require(request, 'playbook.read')
        const { texts, digest, findings, whyNotWritable } = await parts.readText()
        return {
          source: texts.playbook ?? '',
          digest,
          in_force: digest === ports.playbooks.current().digest,
          writable: whyNotWritable === null,
          why_not: whyNotWritable ?? '',
          findings: findings.filter(({ file }) => file === PLAYBOOK_FILE).map(showFinding),
        }
      },
    )

    app.post(
      '/playbook/check',
      {
        bodyLimit,
        schema: {
          tags,
          operationId: 'checkPlaybook',
          summary: 'What is wrong with a text, and what it would change; nothing is saved',
          headers: IdempotencyHeaders,
          body: PlaybookCheckBody,
          response: answers({ 200: PlaybookCheck }),
        },
      },
      async (request) => {
        require(request, 'playbook.check')
        const current = ports.playbooks.current().digest
        const { base, now } = await ports.database.inTransaction('main', async (tx) => ({
          base: await findSource(tx, current),
          now: tx.now,
        }))
        const { texts } = await parts.readText()
        const asked = { texts: { ...texts, playbook: request.body.source }, base: base?.source ?? '', now }
        const { digest, findings, changes, playbook } = await overThread(() => parts.checker.check(asked))
        const own = findings.filter(({ file }) => file === PLAYBOOK_FILE)
        const errors = own.filter(({ severity }) => severity === 'error').length
        return {
          digest,
          base: { number: base?.number ?? null, digest: current },
          sound: errors === 0,
          errors,
          warnings: own.length - errors,
          findings: findings.map(showFinding),
          changes: changes.map(showChange),
          playbook: playbook === null ? null : showPlaybook(playbook, undefined),
        }
      },
    )

    app.put(
      '/playbook',
      {
        bodyLimit,
        schema: {
          tags,
          operationId: 'savePlaybook',
          summary: 'Put a text in the place of playbook.yaml as a new version, with author and reason; only this file can be saved',
          body: PlaybookSaveBody,
          response: answers({ 200: PlaybookSaved }),
        },
      },
      async (request) => {
        const viewer = require(request, 'playbook.save')
        const { source, reason, base_digest: baseDigest } = request.body
        const author = { id: viewer.personId, name: viewer.name, email: await emailOf(ports, viewer) }
        const saved = await parts.save({ source, reason, baseDigest, author })
        if (saved.kind !== 'saved') throw refuse(saved, source)
        const row = await ports.database.inTransaction('main', (tx) => findVersionRow(tx, viewer.personId, saved.digest))
        if (row === undefined) throw new Error('a version just saved is not there')
        return {
          version: showVersion(row, ports.playbooks.current().digest),
          changed: saved.changed,
          changes: saved.changes.map((change: FileChange) => showChange(change)),
          findings: saved.findings.map(showFinding),
          git: { ...saved.git },
        }
      },
    )

    app.post(
      '/playbook/patch',
      {
        bodyLimit,
        schema: {
          tags,
          operationId: 'patchPlaybook',
          summary: 'A text as a patch of the file in the folder, for where it is deployed from elsewhere; nothing is saved',
          headers: IdempotencyHeaders,
          body: PlaybookCheckBody,
          response: answers({ 200: PlaybookPatch }),
        },
      },
      async (request) => {
        require(request, 'playbook.check')
        const { texts } = await parts.readText()
        return { file: `${PLAYBOOK_FILE}.patch`, patch: makePatch(texts.playbook ?? '', request.body.source) }
      },
    )
  }
}

async function emailOf(ports: Ports, viewer: Viewer): Promise<string> {
  const person = await ports.database.inTransaction('main', (tx) => findPerson(tx, viewer.personId))
  return person?.email ?? ''
}

function refuse(result: Exclude<SaveResult, { kind: 'saved' }>, source: string): ProblemError {
  switch (result.kind) {
    case 'stale':
      return new ProblemError('playbook-changed', {
        detail: 'The file in the folder is not the text that was edited: load it anew and make the change there.',
        errors: [{ field: 'base_digest', message: `the file has ${result.digest === '' ? 'another digest' : result.digest}` }],
      })
    case 'broken': {
      const errors = result.findings.filter(({ severity }) => severity === 'error')
      return new ProblemError('playbook-broken', {
        detail: `The text has ${errors.length} ${errors.length === 1 ? 'error' : 'errors'}; the version in force stays.`,
        errors: errors.slice(0, ERRORS_TOLD_MAX).map((finding) => ({ field: 'source', message: formatFinding(finding) })),
        findings: result.findings.map(showFinding),
      })
    }
    case 'read-only':
      return new ProblemError('playbook-read-only', {
        detail: `${result.why} The change is in "patch": apply it where the file comes from.`,
        patch: makePatch(result.before, source),
      })
    case 'not-written':
      return new ProblemError('playbook-not-written', { detail: `${result.why} It is as it was.` })
  }
}
