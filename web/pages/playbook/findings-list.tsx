/** What lint found in a text: where, what is wrong, what to do. */
import type { PlaybookFinding } from '../../../src/api/schema.ts'
import { Button } from '../../parts/button.tsx'
import { Tag } from '../../parts/tag.tsx'

/** The first errors say most; a broken indentation makes hundreds. */
const SHOWN_MAX = 50

interface FindingsProps {
  readonly findings: readonly PlaybookFinding[]
  /** Brings the editor to that place; without it the place is only told. */
  readonly onGo?: (finding: PlaybookFinding) => void
  /** Mends it, where that needs no thought. */
  readonly onFix?: ((finding: PlaybookFinding) => void) | undefined
}

export function FindingsList({ findings, onGo, onFix }: FindingsProps) {
  return (
    <>
      <ul className="divide-y divide-line">
        {findings.slice(0, SHOWN_MAX).map((finding) => (
          <li key={`${finding.file} ${finding.line} ${finding.column} ${finding.code} ${finding.message}`} className="px-3.5 py-2.5">
            <p className="flex flex-wrap items-center gap-x-2 gap-y-0.5 text-s text-muted">
              <Tag tone={finding.severity === 'error' ? 'late' : 'warn'}>{finding.severity}</Tag>
              {onGo !== undefined && finding.file === 'playbook.yaml' ? (
                <button type="button" className="underline underline-offset-2 hover:text-text" onClick={() => onGo(finding)}>
                  line {finding.line}
                </button>
              ) : (
                <span>
                  {finding.file}, line {finding.line}
                </span>
              )}
              <code className="text-xs">{finding.code}</code>
              {onFix !== undefined && (finding.edit ?? null) !== null && (
                <Button size="s" className="ml-auto" onClick={() => onFix(finding)}>
                  Fix
                </Button>
              )}
            </p>
            <p className="mt-0.5 [overflow-wrap:anywhere]">{finding.message}</p>
            {finding.fix !== '' && <p className="text-s text-muted [overflow-wrap:anywhere]">{finding.fix}</p>}
          </li>
        ))}
      </ul>
      {findings.length > SHOWN_MAX && (
        <p className="border-t border-line px-3.5 py-2 text-s text-muted">and {findings.length - SHOWN_MAX} more</p>
      )}
    </>
  )
}
