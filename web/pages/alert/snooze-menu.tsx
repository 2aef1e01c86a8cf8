/** For how long an alert is to be quiet: it wakes up by itself. */
import { Menu } from '@base-ui/react/menu'
import { AlarmClock } from 'lucide-react'
import { buttonClass } from '../../parts/button.tsx'

const SPANS = [
  [1_800, '30 minutes'],
  [3_600, '1 hour'],
  [4 * 3_600, '4 hours'],
  [24 * 3_600, '1 day'],
] as const

export function SnoozeMenu({ busy, onChoose }: { readonly busy: boolean; readonly onChoose: (seconds: number) => void }) {
  return (
    <Menu.Root>
      <Menu.Trigger disabled={busy} className={buttonClass()}>
        <AlarmClock size={14} aria-hidden /> Snooze
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={4} className="z-[60]">
          <Menu.Popup className="sheet min-w-40 rounded-[8px] border border-line-strong bg-raised p-1 shadow-2xl outline-none">
            {SPANS.map(([seconds, label]) => (
              <Menu.Item
                key={seconds}
                onClick={() => onChoose(seconds)}
                className="flex min-h-8 cursor-pointer items-center rounded-[5px] px-2.5 data-[highlighted]:bg-accent-soft max-[760px]:min-h-11"
              >
                {label}
              </Menu.Item>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}
