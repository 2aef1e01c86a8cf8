/** The way back to the playbook. */
import { Link } from '@tanstack/react-router'

interface CrumbsProps {
  readonly here: string
  readonly versions?: boolean
}

export function Crumbs({ here, versions }: CrumbsProps) {
  return (
    <nav aria-label="Breadcrumb" className="mb-2.5 flex gap-2 text-s text-muted">
      <Link to="/playbook" className="hover:text-text hover:underline">
        Playbook
      </Link>
      <span aria-hidden>/</span>
      {versions === true && (
        <>
          <Link to="/playbook/versions" className="hover:text-text hover:underline">
            Versions
          </Link>
          <span aria-hidden>/</span>
        </>
      )}
      <span aria-current="page">{here}</span>
    </nav>
  )
}
