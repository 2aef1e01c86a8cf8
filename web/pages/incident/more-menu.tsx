/** The actions that have no button of their own. */
import { Menu } from '@base-ui/react/menu'
import { Ellipsis } from 'lucide-react'
import { Key } from '../../parts/button.tsx'
import { MORE_CLASS } from './more-class.ts'
import type { Offer, OfferId } from './offered.ts'

/** Opens as soon as it is there: it was asked for. */
export function MoreMenu({ offers, run }: { readonly offers: readonly Offer[]; readonly run: (id: OfferId) => void }) {
  return (
    <Menu.Root defaultOpen>
      <Menu.Trigger aria-label="More actions" className={MORE_CLASS}>
        <Ellipsis size={16} aria-hidden />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={6} align="end" className="z-40">
          <Menu.Popup className="sheet min-w-56 rounded-card border border-line-strong bg-raised p-1 shadow-lg outline-none">
            {offers.map((offer) => (
              <Menu.Item
                key={offer.id}
                onClick={() => run(offer.id)}
                className="flex cursor-pointer items-center justify-between gap-4 rounded-chip px-2.5 py-1.5 outline-none data-highlighted:bg-accent-soft max-[760px]:min-h-11"
              >
                {offer.label}
                <Key>{offer.shortcut}</Key>
              </Menu.Item>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}
