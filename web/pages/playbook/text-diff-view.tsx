/** The lines that differ: two columns on a wide screen, one on a phone. */
import { classNames } from '../../lib/class-names.ts'
import { pairRows, readPatch, type DiffRow } from './text-diff.ts'

/** Past this a page would stall a phone; the whole text is a link away. */
const ROWS_MAX = 3_000

/** @param narrow one column whatever the screen, for a place that is narrow itself */
export function TextDiffView({ patch, narrow }: { readonly patch: string; readonly narrow?: boolean }) {
  const all = readPatch(patch)
  const rows = all.slice(0, ROWS_MAX)
  if (rows.length === 0) return <p className="px-3.5 py-3 text-muted">No line differs.</p>
  return (
    <>
      <div className={narrow === true ? '' : 'min-[1000px]:hidden'}>
        <Unified rows={rows} />
      </div>
      {narrow !== true && (
        <div className="max-[999px]:hidden">
          <SideBySide rows={rows} />
        </div>
      )}
      {all.length > rows.length && <p className="px-3.5 py-2 text-s text-muted">and {all.length - rows.length} lines more</p>}
    </>
  )
}

const MARKS: Readonly<Record<DiffRow['kind'], string>> = { gone: '−', new: '+', same: '', gap: '' }
const WORDS: Readonly<Record<DiffRow['kind'], string>> = { gone: 'removed: ', new: 'added: ', same: '', gap: '' }
const NUMBER = 'w-10 flex-none pr-2 text-right text-muted select-none'

function Unified({ rows }: { readonly rows: readonly DiffRow[] }) {
  return (
    <div className="py-1 font-mono text-xs leading-[1.7]">
      {rows.map((row, place) =>
        row.kind === 'gap' ? (
          // oxlint-disable-next-line react/no-array-index-key -- rows have no other name
          <Gap key={place} />
        ) : (
          // oxlint-disable-next-line react/no-array-index-key -- as above
          <div key={place} className={classNames('flex', toneOf(row))}>
            <span aria-hidden className={NUMBER}>
              {row.after ?? row.before}
            </span>
            <Line row={row} />
          </div>
        ),
      )}
    </div>
  )
}

function SideBySide({ rows }: { readonly rows: readonly DiffRow[] }) {
  return (
    <div className="py-1 font-mono text-xs leading-[1.7]">
      {pairRows(rows).map((pair, place) =>
        pair.kind === 'gap' ? (
          // oxlint-disable-next-line react/no-array-index-key -- as above
          <Gap key={place} />
        ) : (
          // oxlint-disable-next-line react/no-array-index-key -- as above
          <div key={place} className="grid grid-cols-2 divide-x divide-line">
            <Half row={pair.before} line={pair.before?.before ?? null} />
            <Half row={pair.after} line={pair.after?.after ?? null} />
          </div>
        ),
      )}
    </div>
  )
}

function Half({ row, line }: { readonly row: DiffRow | null; readonly line: number | null }) {
  return (
    <div className={classNames('flex min-w-0', row === null ? 'bg-bg' : toneOf(row))}>
      <span aria-hidden className={NUMBER}>
        {line}
      </span>
      {row !== null && <Line row={row} />}
    </div>
  )
}

function Line({ row }: { readonly row: DiffRow }) {
  return (
    <>
      <span aria-hidden className="w-4 flex-none select-none">
        {MARKS[row.kind]}
      </span>
      <span className="min-w-0 pr-3 [overflow-wrap:anywhere] whitespace-pre-wrap">
        <span className="sr-only">{WORDS[row.kind]}</span>
        {row.text}
      </span>
    </>
  )
}

function Gap() {
  return (
    <div className="my-1 border-y border-line bg-bg px-3.5 text-muted" role="separator" aria-label="lines left out">
      <span aria-hidden>…</span>
    </div>
  )
}

function toneOf(row: DiffRow): string {
  if (row.kind === 'gone') return 'bg-late-soft text-late'
  return row.kind === 'new' ? 'bg-ok-soft text-ok' : ''
}
