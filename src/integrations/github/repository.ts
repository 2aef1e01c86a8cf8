/** What all events say of where they come from. */
import type { JsonObject } from '../../core/alert/json.ts'
import { textField } from '../../core/alert/json.ts'
import { objectField } from '../../integration-hook.ts'

export interface Repository {
  /** `owner/name`. */
  readonly name: string
  readonly url: string | null
  readonly defaultBranch: string | null
}

export function repositoryOf(body: JsonObject): Repository {
  const repository = objectField(body, 'repository')
  return {
    name: textField(repository, 'full_name') ?? textField(repository, 'name') ?? 'a repository',
    url: textField(repository, 'html_url'),
    defaultBranch: textField(repository, 'default_branch'),
  }
}

export function actorOf(body: JsonObject): string | null {
  return textField(objectField(body, 'sender'), 'login')
}

export function shortSha(sha: string | null): string | null {
  return sha === null ? null : sha.slice(0, 7)
}

/** `refs/heads/main` is `main`. */
export function branchIn(ref: string | null): string | null {
  return ref?.startsWith('refs/heads/') === true ? ref.slice('refs/heads/'.length) : ref
}
