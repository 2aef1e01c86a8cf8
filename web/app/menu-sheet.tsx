/** The phone's menu: every place, the account, the theme. */
import { useQuery } from '@tanstack/react-query'
import { meQuery } from '../api/queries.ts'
import { Dialog } from '../parts/dialog.tsx'
import { ThemeSwitch } from '../parts/theme-switch.tsx'
import { MyCard, Places } from './navigation.tsx'

export function MenuSheet({ onClose }: { readonly onClose: () => void }) {
  const me = useQuery(meQuery).data
  return (
    <Dialog title="Tocsin" onClose={onClose}>
      <nav aria-label="Main" className="flex flex-col gap-0.5 pb-3">
        <Places me={me} onGo={onClose} />
      </nav>
      {me !== undefined && <MyCard me={me} onGo={onClose} />}
      <div className="mt-3 pb-[env(safe-area-inset-bottom)]">
        <ThemeSwitch />
      </div>
    </Dialog>
  )
}
