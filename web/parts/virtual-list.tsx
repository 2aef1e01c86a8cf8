/** A long list of which only the rows in sight are in the page. It scrolls with the window and reads on near its end. */
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, useState, type ReactNode } from 'react'

interface VirtualListProps<Item> {
  readonly label: string
  readonly items: readonly Item[]
  /** Height of a row before it is measured, in px. */
  readonly rowPx: number
  readonly hasMore: boolean
  readonly isReading: boolean
  readonly more: () => void
  readonly children: (item: Item) => ReactNode
}

const OVERSCAN = 8

export function VirtualList<Item extends { readonly id: string }>(props: VirtualListProps<Item>) {
  const { label, items, rowPx, hasMore, isReading, more, children } = props
  const box = useRef<HTMLUListElement>(null)
  const [top, setTop] = useState(0)
  useEffect(() => {
    const measure = (): void => setTop((box.current?.getBoundingClientRect().top ?? 0) + window.scrollY)
    measure()
    window.addEventListener('resize', measure)
    return () => window.removeEventListener('resize', measure)
  }, [])
  const virtual = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => rowPx,
    overscan: OVERSCAN,
    scrollMargin: top,
    getItemKey: (index) => items[index]?.id ?? index,
  })
  const rows = virtual.getVirtualItems()
  const last = rows.at(-1)?.index ?? 0
  const wantsMore = hasMore && !isReading && last >= items.length - OVERSCAN
  useEffect(() => {
    if (wantsMore) more()
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- asked once for each end that is reached
  }, [wantsMore, items.length])
  return (
    <ul
      ref={box}
      aria-label={label}
      className="relative overflow-hidden rounded-card border border-line bg-surface"
      style={{ height: virtual.getTotalSize() + 2 }}
    >
      {rows.map((row) => {
        const item = items[row.index]
        if (item === undefined) return null
        return (
          <li
            key={row.key}
            ref={virtual.measureElement}
            data-index={row.index}
            aria-posinset={row.index + 1}
            aria-setsize={hasMore ? -1 : items.length}
            className="absolute inset-x-0 top-0 border-b border-line last:border-b-0"
            style={{ transform: `translateY(${row.start - virtual.options.scrollMargin}px)` }}
          >
            {children(item)}
          </li>
        )
      })}
    </ul>
  )
}
