/** Where the playbook says so: its line, its words, and a link to the row. */
import { Link } from '@tanstack/react-router'
import type { Clause } from '../../../src/api/schema.ts'
import { clauseLink } from '../playbook/anchor.ts'

/** @param digest of the version that was asked */
export function ClauseLink({ clause, digest }: { readonly clause: Clause; readonly digest: string }) {
  const words = clause.line === null ? 'by default' : `line ${clause.line}`
  return (
    <Link
      {...clauseLink(digest, clause.path)}
      title={clause.quote === '' ? clause.path : clause.quote}
      className="text-s whitespace-nowrap text-muted underline decoration-dotted underline-offset-2 hover:text-text"
    >
      {words}
    </Link>
  )
}
