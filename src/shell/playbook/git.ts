/**
 * Commits one file of the playbook folder, where that is in a git repository. Git is run by its arguments, never through
 * a shell, with a time limit, with no environment but what it needs, and without hooks: nothing of the repository runs
 * in the server's name. What fails here undoes nothing: the file stands as it was saved.
 */
import { execFile } from 'node:child_process'
import { basename, dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { oneLine } from '../../core/page/message.ts'

export interface Commit {
  /** Absolute path. */
  readonly path: string
  readonly author: { readonly name: string; readonly email: string }
  /** The message. */
  readonly reason: string
  /** PATH and HOME. */
  readonly environment: Readonly<Record<string, string>>
}

export interface GitOutcome {
  /** `none`: there is no repository to commit to, or nothing to commit. `failed`: there is one, and git refused. */
  readonly state: 'none' | 'committed' | 'failed'
  /** Hash of the commit. */
  readonly commit: string | null
  /** One sentence for people. */
  readonly detail: string
}

const TIMEOUT_MS = 10_000
const OUTPUT_BYTES_MAX = 256 * 1024
const DETAIL_CHARS_MAX = 300
const NAME_CHARS_MAX = 200
/** Where this program's own files lie; its clone is not the company's playbook repository. */
const PROGRAM_ROOT = resolve(fileURLToPath(import.meta.url), '../../../..')

/** Settings by which a repository could run something, or wait for somebody. */
const SETTINGS = ['core.hooksPath=/dev/null', 'core.fsmonitor=false', 'commit.gpgSign=false', 'gc.auto=0', 'maintenance.auto=false']

type Ran = { readonly ok: true; readonly output: string } | { readonly ok: false; readonly error: string; readonly missing: boolean }
type Git = (args: readonly string[], input?: string) => Promise<Ran>

/** Never throws. */
export async function commitFile(commit: Commit): Promise<GitOutcome> {
  const git = prepare(commit)
  const file = basename(commit.path)
  const top = await git(['rev-parse', '--show-toplevel'])
  if (!top.ok) return noRepository(top)
  if (resolve(top.output.trim()) === PROGRAM_ROOT) return none('The folder belongs to Tocsin’s own files; nothing was committed.')
  if ((await git(['check-ignore', '--quiet', '--', file])).ok) return none('Git ignores the file.')
  const added = await git(['add', '--', file])
  if (!added.ok) return failed(added.error)
  const changed = await git(['status', '--porcelain', '--', file])
  if (changed.ok && changed.output.trim() === '') return none('Git has this text already.')
  const committed = await git(['commit', '--quiet', '--only', '--file=-', '--', file], commit.reason)
  if (!committed.ok) return failed(committed.error)
  const head = await git(['rev-parse', 'HEAD'])
  const hash = head.ok ? head.output.trim() : null
  return { state: 'committed', commit: hash, detail: `Committed as ${hash?.slice(0, 12) ?? 'a new commit'}.` }
}

function prepare({ path, author, environment }: Commit): Git {
  const name = identityOf(author.name)
  const env = {
    ...environment,
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_EDITOR: 'false',
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: identityOf(author.email),
    GIT_COMMITTER_NAME: 'Tocsin',
    GIT_COMMITTER_EMAIL: 'tocsin@localhost',
  }
  const options = { cwd: dirname(path), env, timeout: TIMEOUT_MS, maxBuffer: OUTPUT_BYTES_MAX, killSignal: 'SIGKILL' } as const
  const settings = SETTINGS.flatMap((setting) => ['-c', setting])
  return (args, input) =>
    new Promise((done) => {
      const child = execFile('git', [...settings, ...args], options, (error, output, errors) => {
        if (error === null) return done({ ok: true, output })
        const late = error.killed === true ? 'git took too long' : ''
        done({ ok: false, error: oneLine(late || errors || error.message, DETAIL_CHARS_MAX), missing: error.code === 'ENOENT' })
      })
      // A git that ends before it has read everything is told by its exit, not by the pipe.
      child.stdin?.on('error', () => undefined)
      child.stdin?.end(input ?? '')
    })
}

/** Git drops brackets and line ends from names itself, and refuses one that is empty then. */
function identityOf(text: string): string {
  return oneLine(text.replaceAll(/[<>]/g, ' '), NAME_CHARS_MAX) || 'somebody'
}

function noRepository(ran: Extract<Ran, { ok: false }>): GitOutcome {
  if (ran.missing) return none('There is no git program; nothing was committed.')
  return /not a git repository/i.test(ran.error) ? none('The folder is in no git repository.') : failed(ran.error)
}

function none(detail: string): GitOutcome {
  return { state: 'none', commit: null, detail }
}

function failed(error: string): GitOutcome {
  return { state: 'failed', commit: null, detail: `The file is saved, and git did not commit it: ${error}` }
}
