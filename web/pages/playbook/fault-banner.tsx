/** Said loudly: the file on disk is refused, and what still runs. */
import { Link } from '@tanstack/react-router'
import { TriangleAlert } from 'lucide-react'
import type { CurrentPlaybook } from '../../../src/api/schema.ts'
import { FindingsList } from './findings-list.tsx'

export function FaultBanner({ playbook, mayEdit }: { readonly playbook: CurrentPlaybook; readonly mayEdit: boolean }) {
  const fault = playbook.fault ?? null
  if (fault === null) return null
  const errors = fault.findings.filter((finding) => finding.severity === 'error')
  return (
    <section aria-labelledby="refused" className="mb-4 overflow-hidden rounded-card border border-late bg-surface">
      <div className="flex items-start gap-2.5 bg-late-soft px-3.5 py-3 text-late">
        <TriangleAlert size={17} aria-hidden className="mt-0.5 flex-none" />
        <div className="min-w-0">
          <h2 id="refused" className="font-[620]">
            The {fault.refused.length > 1 ? 'files on disk are' : 'file on disk is'} refused: version {playbook.version} still runs
          </h2>
          <p className="text-s [overflow-wrap:anywhere]">
            {fault.refused.join(', ')} {fault.refused.length > 1 ? 'have' : 'has'} errors. Pages and clocks go by version {playbook.version}{' '}
            until they are mended.{' '}
            {mayEdit && (
              <Link to="/playbook/edit" className="underline underline-offset-2">
                Open the file in the editor
              </Link>
            )}
          </p>
        </div>
      </div>
      <FindingsList findings={errors.length > 0 ? errors : fault.findings} />
    </section>
  )
}
