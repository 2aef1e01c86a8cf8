/** The document as files: for a binder, for a repository, for an auditor. */
import { toSearch } from '../../api/queries.ts'

const FORMATS = [
  { format: 'pdf', label: 'PDF' },
  { format: 'markdown', label: 'Markdown' },
] as const

/** @param digest left out: the version in force */
export function Downloads({ digest }: { readonly digest?: string }) {
  return (
    <span className="whitespace-nowrap">
      Download{' '}
      {FORMATS.map(({ format, label }, place) => (
        <span key={format}>
          {place > 0 && ' · '}
          <a
            href={`/api/v1/playbook/document?${toSearch({ format, digest })}`}
            download
            className="text-accent underline-offset-2 hover:underline"
          >
            {label}
          </a>
        </span>
      ))}
    </span>
  )
}
