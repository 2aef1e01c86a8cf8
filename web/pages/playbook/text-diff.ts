/** A unified diff as rows: for one column (unified) and, paired, for two. Pure. */

export interface DiffRow {
  readonly kind: 'gap' | 'same' | 'gone' | 'new'
  /** Line numbers in the text before and after; null where the line is not in it. */
  readonly before: number | null
  readonly after: number | null
  readonly text: string
}

export interface DiffPair {
  readonly kind: 'gap' | 'lines'
  readonly before: DiffRow | null
  readonly after: DiffRow | null
}

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/

/** The file's head is left out: the page says what is compared. */
export function readPatch(patch: string): readonly DiffRow[] {
  const rows: DiffRow[] = []
  let before = 0
  let after = 0
  let inside = false
  for (const line of patch.split('\n')) {
    const hunk = HUNK.exec(line)
    if (hunk !== null) {
      before = Number(hunk[1])
      after = Number(hunk[2])
      if (rows.length > 0 || before > 1) rows.push({ kind: 'gap', before: null, after: null, text: '' })
      inside = true
    } else if (inside && line.startsWith('-')) {
      rows.push({ kind: 'gone', before, after: null, text: line.slice(1) })
      before += 1
    } else if (inside && line.startsWith('+')) {
      rows.push({ kind: 'new', before: null, after, text: line.slice(1) })
      after += 1
    } else if (inside && line.startsWith(' ')) {
      rows.push({ kind: 'same', before, after, text: line.slice(1) })
      before += 1
      after += 1
    }
  }
  return rows
}

/** Lines that went stand beside those that came in their place. */
export function pairRows(rows: readonly DiffRow[]): readonly DiffPair[] {
  const pairs: DiffPair[] = []
  let place = 0
  while (place < rows.length) {
    const row = rows[place]
    if (row === undefined) break
    if (row.kind === 'gap' || row.kind === 'same') {
      pairs.push({ kind: row.kind === 'gap' ? 'gap' : 'lines', before: row, after: row })
      place += 1
      continue
    }
    const gone = takeWhile(rows, place, 'gone')
    const come = takeWhile(rows, place + gone.length, 'new')
    for (let line = 0; line < Math.max(gone.length, come.length); line += 1) {
      pairs.push({ kind: 'lines', before: gone[line] ?? null, after: come[line] ?? null })
    }
    place += gone.length + come.length
  }
  return pairs
}

function takeWhile(rows: readonly DiffRow[], from: number, kind: DiffRow['kind']): readonly DiffRow[] {
  const end = rows.findIndex((row, place) => place >= from && row.kind !== kind)
  return rows.slice(from, end === -1 ? rows.length : end)
}
