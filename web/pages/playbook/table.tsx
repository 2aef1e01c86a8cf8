/** A table that becomes a list of named facts where the screen is too narrow for columns. */
import type { ReactNode } from 'react'

interface TableProps {
  readonly caption: string
  readonly head: readonly string[]
  /** `id`: a place that links lead to. */
  readonly rows: readonly { readonly key: string; readonly id?: string; readonly cells: readonly ReactNode[] }[]
}

export function Table({ caption, head, rows }: TableProps) {
  return (
    <table className="w-full text-left max-[760px]:block">
      <caption className="sr-only">{caption}</caption>
      <thead className="max-[760px]:sr-only">
        <tr>
          {head.map((name) => (
            <th key={name} scope="col" className="border-b border-line px-3.5 py-2 text-s font-[560] whitespace-nowrap text-muted">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="divide-y divide-line max-[760px]:block">
        {rows.map((row) => (
          <tr key={row.key} id={row.id} className="max-[760px]:block max-[760px]:px-3.5 max-[760px]:py-2.5">
            {row.cells.map((cell, place) => (
              <td
                key={head[place]}
                className="px-3.5 py-2 align-top [overflow-wrap:anywhere] max-[760px]:flex max-[760px]:gap-3 max-[760px]:px-0 max-[760px]:py-0.5"
              >
                <span aria-hidden className="w-28 flex-none text-s text-muted min-[761px]:hidden">
                  {head[place]}
                </span>
                <div className="min-w-0">{cell}</div>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
