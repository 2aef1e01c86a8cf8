/** Releases, and pushes to the default branch or of tags: changes. */
import { toLinks } from '../../core/alert/build.ts'
import { field, isObject, type JsonObject, textField } from '../../core/alert/json.ts'
import { toLine } from '../../core/alert/text.ts'
import { toInstant } from '../../core/alert/time-text.ts'
import { objectField, present } from '../../integration-hook.ts'
import type { Report } from './receive.ts'
import { actorOf, branchIn, repositoryOf } from './repository.ts'

/** A release that is published is also `released`, or `prereleased`: one of them is enough. */
const TOLD = new Set(['published', 'unpublished', 'deleted'])

export function readRelease(body: JsonObject): Report | null {
  const release = field(body, 'release')
  if (!isObject(release)) return null
  const action = textField(body, 'action') ?? ''
  if (!TOLD.has(action)) return {}
  const repository = repositoryOf(body)
  const tag = textField(release, 'tag_name')
  const name = textField(release, 'name') ?? tag ?? ''
  const change = {
    title: toLine(`Release ${name} of ${repository.name} ${action}`, 1_024),
    source: repository.name,
    at: toInstant(field(release, 'published_at')),
    links: toLinks([[field(release, 'html_url'), 'Release']]),
    details: present({
      repository: repository.name,
      tag,
      prerelease: release['prerelease'] === true ? 'true' : null,
      actor: actorOf(body),
    }),
  }
  return { changes: [change] }
}

export function readPush(body: JsonObject): Report | null {
  const ref = textField(body, 'ref')
  if (ref === null) return null
  const repository = repositoryOf(body)
  const tag = ref.startsWith('refs/tags/') ? ref.slice('refs/tags/'.length) : null
  const branch = branchIn(ref)
  if (tag === null && branch !== repository.defaultBranch) return {}
  const commits = field(body, 'commits')
  const count = Array.isArray(commits) ? commits.length : 0
  const head = objectField(body, 'head_commit')
  const what = tag === null ? `Push to ${branch ?? ref} of ${repository.name}` : `Tag ${tag} of ${repository.name}`
  const change = {
    title: toLine(`${what}${howOf(body, tag, count)}${messageOf(head)}`, 1_024),
    source: repository.name,
    at: toInstant(field(head, 'timestamp')),
    links: toLinks([[field(body, 'compare'), 'Compare']]),
    details: present({
      repository: repository.name,
      ref,
      sha: textField(body, 'after'),
      commits: count === 0 ? null : String(count),
      forced: body['forced'] === true ? 'true' : null,
      actor: textField(objectField(body, 'pusher'), 'name') ?? actorOf(body),
    }),
  }
  return { changes: [change] }
}

function howOf(body: JsonObject, tag: string | null, count: number): string {
  if (body['deleted'] === true) return ', deleted'
  if (body['forced'] === true) return ', forced'
  return tag === null && count > 1 ? `, ${count} commits` : ''
}

function messageOf(head: JsonObject): string {
  const line = (textField(head, 'message') ?? '').slice(0, 1_024).split('\n', 1)[0]?.trim() ?? ''
  return line === '' ? '' : `: ${line}`
}
