/** The playbook's text, edited with lint, completion and a preview; saving makes a new version, or a patch where it cannot. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useBlocker, useNavigate } from '@tanstack/react-router'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { PlaybookCheck, PlaybookFinding, PlaybookSaved, PlaybookSource } from '../../../../src/api/schema.ts'
import { playbookCheckQuery, playbookSchemaQuery, playbookSourceQuery } from '../../../api/playbook.ts'
import { meQuery, playbookQuery } from '../../../api/queries.ts'
import { explainReading } from '../../../api/problem.ts'
import { tell, tellError } from '../../../app/toast-store.ts'
import { useDebounced } from '../../../lib/debounced.ts'
import { useTitle } from '../../../lib/title.ts'
import { Button } from '../../../parts/button.tsx'
import { Dialog, DialogActions } from '../../../parts/dialog.tsx'
import { Failed, Skeleton } from '../../../parts/states.tsx'
import { Tag } from '../../../parts/tag.tsx'
import { counted } from '../../incident/words.ts'
import { sumUp } from '../change-groups.ts'
import { Crumbs } from '../crumbs.tsx'
import { CodeEditor, type EditorHandle } from './code-editor.tsx'
import { ConflictDialog } from './conflict-dialog.tsx'
import { PatchDialog } from './patch-dialog.tsx'
import { propose } from './propose.ts'
import { SaveDialog } from './save-dialog.tsx'
import { SidePanel } from './side-panel.tsx'

/** Long enough not to ask at every key. */
const CHECK_PAUSE_MS = 450

export function EditorPage() {
  useTitle('Edit the playbook')
  const source = useQuery(playbookSourceQuery)
  // The text that was opened stays while somebody edits: what others save meanwhile is told when saving.
  const [opened, setOpened] = useState<PlaybookSource | null>(null)
  const fresh = source.isFetchedAfterMount ? source.data : undefined
  useEffect(() => {
    if (opened === null && fresh !== undefined) setOpened(fresh)
  }, [opened, fresh])
  return (
    <>
      <Crumbs here="Edit" />
      {opened === null &&
        (source.isError ? (
          <>
            <h1 className="sr-only">Edit the playbook</h1>
            <Failed what="playbook’s text" error={source.error} retry={() => void source.refetch()} />
          </>
        ) : (
          <Waiting />
        ))}
      {opened !== null && <Editor opened={opened} onBase={setOpened} />}
    </>
  )
}

interface EditorProps {
  readonly opened: PlaybookSource
  readonly onBase: (base: PlaybookSource) => void
}

function Editor({ opened, onBase }: EditorProps) {
  const [text, setText] = useState(opened.source)
  const [asking, setAsking] = useState<'save' | 'patch' | 'conflict' | null>(null)
  const navigate = useNavigate()
  const client = useQueryClient()
  const handle = useRef<EditorHandle>(null)
  const saved = useRef(false)
  const settled = useDebounced(text, CHECK_PAUSE_MS)
  const check = useQuery(playbookCheckQuery(settled))
  const schema = useQuery(playbookSchemaQuery).data
  const current = useQuery(playbookQuery).data
  const exact = check.data !== undefined && !check.isPlaceholderData && settled === text ? check.data : null
  const names = check.data?.playbook ?? current ?? null
  const changed = text !== opened.source
  const maySave = useQuery(meQuery).data?.can.includes('playbook.save') === true
  const writable = opened.writable && maySave
  const whyNot = maySave ? opened.why_not : 'Your account may not save the playbook; an administrator can.'
  const save = useCallback((): void => setAsking(writable ? 'save' : 'patch'), [writable])
  useSaveKey(save)
  const leave = useBlocker({
    shouldBlockFn: () => changed && !saved.current,
    enableBeforeUnload: () => changed && !saved.current,
    withResolver: true,
  })
  const onSaved = (answer: PlaybookSaved): void => {
    saved.current = true
    void client.invalidateQueries({ queryKey: ['playbook-part'] })
    void navigate({ to: '/playbook/versions/$digest', params: { digest: answer.version.digest } })
    tell(answer.changed ? `Version ${answer.version.number} runs now` : 'The file held this text already', gitText(answer))
    if (answer.git.state === 'failed') tellError('Saved, but not committed', answer.git.detail)
  }
  const findings = useMemo(() => check.data?.findings ?? [], [check.data])
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center gap-x-4 gap-y-2">
        <h1 className="text-xl font-[620] tracking-[-.015em]">Edit the playbook</h1>
        <Status check={check.data} exact={exact !== null} failed={check.isError ? explainReading(check.error) : ''} changed={changed} />
        <div className="ml-auto flex gap-2 max-[760px]:fixed max-[760px]:inset-x-0 max-[760px]:bottom-0 max-[760px]:z-20 max-[760px]:border-t max-[760px]:border-line max-[760px]:bg-surface max-[760px]:px-3 max-[760px]:pt-2.5 max-[760px]:pb-[calc(10px+env(safe-area-inset-bottom))]">
          <Button onClick={() => handle.current?.replace(opened.source)} disabled={!changed}>
            Undo all
          </Button>
          {writable ? (
            <Button look="main" disabled={!changed || exact?.sound !== true} onClick={save} className="max-[760px]:flex-1">
              Save…
            </Button>
          ) : (
            <Button look="main" disabled={!changed} onClick={save} className="max-[760px]:flex-1">
              Export a patch…
            </Button>
          )}
        </div>
      </div>
      <Notes opened={opened} whyNot={whyNot} />
      <div className="grid gap-3 max-[760px]:pb-20 min-[1000px]:h-[calc(100dvh-150px)] min-[1000px]:min-h-[420px] min-[1000px]:grid-cols-[minmax(0,1.15fr)_minmax(0,1fr)]">
        <div className="min-h-0 overflow-hidden rounded-card border border-line max-[999px]:h-[58dvh]">
          <CodeEditor
            ref={handle}
            initial={opened.source}
            label="playbook.yaml. Escape, then Tab leaves the editor."
            findings={findings}
            propose={(place) => propose(schema, place, names)}
            onChange={setText}
            onSave={save}
          />
        </div>
        <SidePanel
          check={check.data}
          onGo={(finding: PlaybookFinding) => handle.current?.goTo(finding.line, finding.column)}
          onFix={exact === null ? undefined : (finding) => handle.current?.mend(finding.edit ?? { offset: 0, length: 0, text: '' })}
        />
      </div>
      {asking === 'save' && (
        <SaveDialog
          source={text}
          baseDigest={opened.digest}
          check={exact}
          onClose={() => setAsking(null)}
          onSaved={onSaved}
          onConflict={() => setAsking('conflict')}
        />
      )}
      {asking === 'patch' && <PatchDialog source={text} whyNot={whyNot} onClose={() => setAsking(null)} />}
      {asking === 'conflict' && (
        <ConflictDialog
          mine={text}
          onClose={() => setAsking(null)}
          onKeepMine={(theirs) => {
            onBase(theirs)
            setAsking(null)
          }}
          onTakeTheirs={(theirs) => {
            onBase(theirs)
            handle.current?.replace(theirs.source)
            setAsking(null)
          }}
        />
      )}
      {leave.status === 'blocked' && (
        <Dialog
          title="Leave without saving?"
          description="The playbook that runs stays as it is; what you changed here is lost."
          onClose={leave.reset}
        >
          <DialogActions>
            <Button look="main" onClick={leave.reset}>
              Go on editing
            </Button>
            <Button look="danger" onClick={leave.proceed}>
              Leave, lose the changes
            </Button>
          </DialogActions>
        </Dialog>
      )}
    </>
  )
}

/** Also outside of the text, where the browser would save the page. */
function useSaveKey(save: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 's' || event.defaultPrevented) return
      event.preventDefault()
      save()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [save])
}

interface StatusProps {
  readonly check: PlaybookCheck | undefined
  readonly exact: boolean
  readonly failed: string
  readonly changed: boolean
}

function Status({ check, exact, failed, changed }: StatusProps) {
  return (
    <p role="status" className="flex flex-wrap items-center gap-x-2 gap-y-1 text-s text-muted">
      {failed !== '' && <Tag tone="late">not checked: {failed}</Tag>}
      {failed === '' && check !== undefined && (
        <>
          {check.errors > 0 ? <Tag tone="late">{counted(check.errors, 'error')}</Tag> : <Tag tone="ok">sound</Tag>}
          {check.warnings > 0 && <Tag tone="warn">{counted(check.warnings, 'warning')}</Tag>}
          <span>{!exact && changed ? 'checking' : changed ? sumOf(check) : 'unchanged'}</span>
        </>
      )}
    </p>
  )
}

function sumOf(check: PlaybookCheck): string {
  if (!check.sound) return 'cannot be saved yet'
  if (check.changes.length === 0) return 'nothing changes in what it does'
  const sum = sumUp(check.changes)
  return `${counted(check.changes.length, 'change')}${sum === '' ? '' : `: ${sum}`}`
}

function Notes({ opened, whyNot }: { readonly opened: PlaybookSource; readonly whyNot: string }) {
  return (
    <>
      {!opened.in_force && (
        <p className="mb-3 rounded-card bg-warn-soft px-3.5 py-2.5 text-warn">
          This is the file in the folder. It is not in force
          {opened.findings.some((finding) => finding.severity === 'error') ? ' because it has errors' : ' yet'}: changes are told against
          the version that runs.
        </p>
      )}
      {whyNot !== '' && (
        <p className="mb-3 rounded-card border border-line bg-surface px-3.5 py-2.5 text-muted">
          {whyNot} You can edit here and take the change away as a patch.
        </p>
      )}
    </>
  )
}

function gitText({ git }: PlaybookSaved): string {
  return git.state === 'committed' && git.commit !== null ? `Committed as ${git.commit.slice(0, 10)}` : ''
}

function Waiting() {
  return (
    <div aria-busy="true">
      <h1 className="mb-3 text-xl font-[620]">Edit the playbook</h1>
      <span role="status" className="sr-only">
        Loading
      </span>
      <Skeleton className="h-[60dvh]" />
    </div>
  )
}
