/** Everything that can be done from here, found by typing; incidents too. */
import { Dialog as Base } from '@base-ui/react/dialog'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Command as Menu } from 'cmdk'
import { useDeferredValue, useState } from 'react'
import type { Incident, List } from '../../src/api/schema.ts'
import { toSearch } from '../api/queries.ts'
import { request } from '../api/request.ts'
import { SeverityWord } from '../parts/severity.tsx'
import { useRegisteredCommands, type Command } from './commands.ts'

const FOUND_MAX = 8

export function Palette({ onClose }: { readonly onClose: () => void }) {
  const commands = useRegisteredCommands()
  const navigate = useNavigate()
  const [text, setText] = useState('')
  const asked = useDeferredValue(text.trim())
  const found = useQuery({
    queryKey: ['incidents', 'palette', asked],
    queryFn: ({ signal }) => request<List<Incident>>(`incidents?${toSearch({ q: asked, limit: FOUND_MAX })}`, { signal }),
    enabled: asked.length > 1,
    placeholderData: (previous) => previous,
  })
  const run = (command: Command): void => {
    onClose()
    // After the dialog has given the focus back, so that what opens next can take it.
    setTimeout(command.run, 0)
  }
  const groups = Map.groupBy(commands, (command) => command.group)
  const order = [...groups.keys()].sort((a, b) => placeOf(a) - placeOf(b))
  return (
    <Base.Root open onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="backdrop z-40" />
        <Base.Popup
          aria-label="Search or command"
          className="sheet fixed top-[10vh] left-1/2 z-50 w-[min(600px,calc(100vw-24px))] -translate-x-1/2 overflow-hidden rounded-[10px] border border-line-strong bg-surface shadow-2xl"
        >
          <Menu label="Search or command" loop>
            <Menu.Input
              autoFocus
              value={text}
              onValueChange={setText}
              placeholder="Search or command"
              className="w-full border-b border-line bg-transparent px-4 py-3 text-l outline-none placeholder:text-faint"
            />
            <Menu.List className="max-h-[56vh] overflow-y-auto p-2">
              <Menu.Empty className="px-3 py-8 text-center text-muted">{found.isFetching ? 'Searching' : 'Nothing found'}</Menu.Empty>
              {order.map((group) => (
                <Menu.Group key={group} heading={group} className={GROUP}>
                  {(groups.get(group) ?? []).map((command) => (
                    <Menu.Item
                      key={command.id}
                      value={command.id}
                      keywords={[command.label, command.words ?? '']}
                      onSelect={() => run(command)}
                      className={ITEM}
                    >
                      {command.label}
                      {command.shortcut !== undefined && <kbd className="ml-auto text-xs text-muted">{command.shortcut}</kbd>}
                    </Menu.Item>
                  ))}
                </Menu.Group>
              ))}
              {asked.length > 1 && found.data !== undefined && found.data.items.length > 0 && (
                <Menu.Group heading="Incidents" className={GROUP} forceMount>
                  {found.data.items.map((incident) => (
                    <Menu.Item
                      key={incident.id}
                      value={`incident ${incident.id}`}
                      forceMount
                      onSelect={() => {
                        onClose()
                        void navigate({ to: '/incidents/$ref', params: { ref: String(incident.number) } })
                      }}
                      className={ITEM}
                    >
                      <SeverityWord rank={incident.severity_rank} name={incident.severity} over={!incident.open} />
                      <span className="min-w-0 truncate" dir="auto">
                        {incident.title}
                      </span>
                      <span className="ml-auto flex-none text-s text-muted">INC-{incident.number}</span>
                    </Menu.Item>
                  ))}
                </Menu.Group>
              )}
            </Menu.List>
          </Menu>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}

const ITEM =
  'flex min-h-9 cursor-pointer items-center gap-3 rounded-[6px] px-3 py-1.5 data-[selected=true]:bg-accent-soft max-[760px]:min-h-11 data-[disabled=true]:opacity-50'
const GROUP =
  '[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-muted'

function placeOf(group: string): number {
  return ['This incident', 'Do', 'Go to'].indexOf(group)
}
