/** Markdown as React elements: nothing of it is ever HTML, links lead to web pages only, pictures are their words. */
import type { PhrasingContent, RootContent, Table } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table'
import { gfmTable } from 'micromark-extension-gfm-table'
import { Fragment, type ReactNode, useMemo } from 'react'
import { safeHref } from '../lib/safe-href.ts'

/** Deeper is shown as it is written: a text from outside may nest without end. */
const DEPTH_MAX = 24

export function Markdown({ text }: { readonly text: string }) {
  const tree = useMemo(() => fromMarkdown(text, { extensions: [gfmTable()], mdastExtensions: [gfmTableFromMarkdown()] }), [text])
  return <div className="max-w-[75ch] space-y-2 [overflow-wrap:anywhere]">{showAll(tree.children, 0)}</div>
}

function showAll(nodes: readonly (RootContent | PhrasingContent)[], depth: number): ReactNode {
  // oxlint-disable-next-line react/no-array-index-key -- a text that is read once has no other keys
  return nodes.map((node, place) => <Fragment key={place}>{show(node, depth + 1)}</Fragment>)
}

function show(node: RootContent, depth: number): ReactNode {
  if (depth > DEPTH_MAX) return '…'
  switch (node.type) {
    case 'text':
    case 'html':
      return node.value
    case 'paragraph':
      return <p>{showAll(node.children, depth)}</p>
    case 'heading':
      return <h4 className="font-[620]">{showAll(node.children, depth)}</h4>
    case 'strong':
      return <strong>{showAll(node.children, depth)}</strong>
    case 'emphasis':
      return <em>{showAll(node.children, depth)}</em>
    case 'inlineCode':
      return <code className="text-xs">{node.value}</code>
    case 'code':
      return (
        <pre className="overflow-x-auto rounded-[6px] border border-line bg-bg px-3 py-2 text-xs whitespace-pre-wrap">{node.value}</pre>
      )
    case 'blockquote':
      return <blockquote className="border-l-2 border-line-strong pl-3 text-muted">{showAll(node.children, depth)}</blockquote>
    case 'list':
      return node.ordered === true ? (
        <ol className="list-decimal space-y-1 pl-6">{showAll(node.children, depth)}</ol>
      ) : (
        <ul className="list-disc space-y-1 pl-5">{showAll(node.children, depth)}</ul>
      )
    case 'listItem':
      return <li>{showAll(node.children, depth)}</li>
    case 'link':
      return <SafeLink href={node.url}>{showAll(node.children, depth)}</SafeLink>
    case 'image':
      return node.alt ?? ''
    case 'break':
      return <br />
    case 'thematicBreak':
      return <hr className="border-line" />
    case 'table':
      return <Rows table={node} depth={depth} />
    default:
      return 'children' in node ? showAll(node.children, depth) : null
  }
}

function SafeLink({ href, children }: { readonly href: string; readonly children: ReactNode }) {
  const safe = safeHref(href)
  if (safe === undefined) return children
  return (
    <a href={safe} target="_blank" rel="noopener noreferrer nofollow" className="text-accent underline">
      {children}
    </a>
  )
}

function Rows({ table, depth }: { readonly table: Table; readonly depth: number }) {
  return (
    <table className="block w-full overflow-x-auto text-left text-s">
      <tbody>
        {table.children.map((row, place) => (
          // oxlint-disable-next-line react/no-array-index-key -- as above
          <tr key={place} className="border-b border-line">
            {row.children.map((cell, column) => {
              const Cell = place === 0 ? 'th' : 'td'
              return (
                // oxlint-disable-next-line react/no-array-index-key -- as above
                <Cell key={column} className="px-2 py-1 align-top">
                  {showAll(cell.children, depth)}
                </Cell>
              )
            })}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
