/** A text to paste elsewhere, with its name and a button that copies it. */
import { CopyButton } from './copy-button.tsx'

export function CodeBlock({ name, code }: { readonly name: string; readonly code: string }) {
  return (
    <figure className="overflow-hidden rounded-[6px] border border-line bg-bg">
      <figcaption className="flex items-center justify-between gap-2 border-b border-line px-3 py-1.5 text-s text-muted">
        {name}
        <CopyButton text={code} label={`Copy ${name}`} />
      </figcaption>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a box that scrolls must be reachable by keyboard */}
      <pre tabIndex={0} role="region" aria-label={name} className="overflow-x-auto px-3 py-2.5 text-xs leading-[1.6]">
        {code}
      </pre>
    </figure>
  )
}
