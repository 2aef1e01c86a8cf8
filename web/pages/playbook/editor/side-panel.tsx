/** Beside the text: what lint finds, what the change means, and the document as it would read. */
import { Check } from 'lucide-react'
import { useState } from 'react'
import type { PlaybookCheck, PlaybookFinding } from '../../../../src/api/schema.ts'
import { Choices } from '../../../parts/choices.tsx'
import { Empty, Skeleton } from '../../../parts/states.tsx'
import { ChangeList } from '../change-list.tsx'
import { Document } from '../document.tsx'
import { FindingsList } from '../findings-list.tsx'

type Tab = 'findings' | 'changes' | 'preview'

interface SideProps {
  /** Of the text as it stands or as it stood a moment ago; undefined before the first answer. */
  readonly check: PlaybookCheck | undefined
  readonly onGo: (finding: PlaybookFinding) => void
  /** Left out while the text is another than the one that was checked. */
  readonly onFix: ((finding: PlaybookFinding) => void) | undefined
}

export function SidePanel({ check, onGo, onFix }: SideProps) {
  const [tab, setTab] = useState<Tab>('findings')
  return (
    <div className="flex min-h-0 min-w-0 flex-col gap-2.5">
      <div className="flex">
        <Choices
          legend="Beside the text"
          name="side"
          wide
          value={tab}
          choices={[
            { value: 'findings', label: check === undefined ? 'Findings' : `Findings ${check.findings.length}` },
            { value: 'changes', label: check === undefined || !check.sound ? 'Changes' : `Changes ${check.changes.length}` },
            { value: 'preview', label: 'Preview' },
          ]}
          onChange={setTab}
        />
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a box that scrolls must be reachable by keyboard */}
      <div
        tabIndex={0}
        role="region"
        aria-label="Beside the text"
        className="min-h-0 flex-1 overflow-y-auto rounded-card min-[1000px]:pr-1"
      >
        {check === undefined ? <Skeleton className="h-24" /> : <Shown tab={tab} check={check} onGo={onGo} onFix={onFix} />}
      </div>
    </div>
  )
}

interface ShownProps extends Omit<SideProps, 'check'> {
  readonly tab: Tab
  readonly check: PlaybookCheck
}

function Shown({ tab, check, onGo, onFix }: ShownProps) {
  if (tab === 'findings') {
    if (check.findings.length === 0) {
      return (
        <Empty icon={<Check size={22} />} title="Lint finds nothing">
          The text is sound and can be saved.
        </Empty>
      )
    }
    return (
      <div className="overflow-hidden rounded-card border border-line bg-surface">
        <FindingsList findings={check.findings} onGo={onGo} onFix={onFix} />
      </div>
    )
  }
  if (!check.sound || check.playbook === null) {
    return <Empty title="Not while it has errors">Mend what lint finds; then this says what the change means and how it reads.</Empty>
  }
  if (tab === 'preview') return <Document playbook={check.playbook} inForce={false} />
  if (check.changes.length === 0) return <Empty title="Nothing changes">It does and reads the same as the version in force.</Empty>
  return (
    <div className="overflow-hidden rounded-card border border-line bg-surface">
      <ChangeList changes={check.changes} />
    </div>
  )
}
