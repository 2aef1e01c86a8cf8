/** What can be done from where the reader is: the palette lists it, single keys run it. Pages register theirs while shown. */
import { useEffect, useId, useRef, useSyncExternalStore } from 'react'

export interface Command {
  readonly id: string
  readonly label: string
  readonly group: string
  /** One key, upper case, such as `A`. */
  readonly shortcut?: string
  /** More words to find it by. */
  readonly words?: string
  readonly run: () => void
}

const KEY = 'tocsin.keys'
let registered: ReadonlyMap<string, readonly Command[]> = new Map()
let flat: readonly Command[] = []
const listeners = new Set<() => void>()

function publish(next: ReadonlyMap<string, readonly Command[]>): void {
  registered = next
  flat = [...registered.values()].flat()
  for (const listener of listeners) listener()
}

/** Registers them for as long as the component is mounted. Later ones win where keys collide. */
export function useCommands(commands: readonly Command[]): void {
  const owner = useId()
  const latest = useRef(commands)
  latest.current = commands
  const signature = commands.map((command) => `${command.id}|${command.label}|${command.shortcut ?? ''}`).join('\n')
  useEffect(() => {
    // Run what was rendered last, though only a changed signature registers again.
    const stable = latest.current.map((command) => ({
      ...command,
      run: () => latest.current.find((candidate) => candidate.id === command.id)?.run(),
    }))
    publish(new Map([...registered, [owner, stable]]))
    return () => publish(new Map([...registered].filter(([id]) => id !== owner)))
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the signature stands for the commands
  }, [owner, signature])
}

export function useRegisteredCommands(): readonly Command[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => flat,
  )
}

/** Runs the command of that id, if it is offered right now. */
export function runCommand(id: string): void {
  flat.findLast((command) => command.id === id)?.run()
}

/** Single keys can be switched off: speech input types letters (WCAG 2.1.4). */
export function singleKeysOn(): boolean {
  try {
    return localStorage.getItem(KEY) !== 'off'
  } catch {
    return true
  }
}

export function switchSingleKeys(on: boolean): void {
  try {
    if (on) localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, 'off')
  } catch {
    // Storage is off: nothing to remember it in.
  }
}

/** The command a key press asks for, if it asks for one. */
export function commandFor(event: KeyboardEvent, commands: readonly Command[]): Command | undefined {
  if (event.defaultPrevented || event.repeat || event.metaKey || event.ctrlKey || event.altKey) return undefined
  // An editor lives in a shadow root: seen from here the event comes from its host.
  if (isTyping(event.composedPath()[0] ?? event.target) || document.querySelector('[role="dialog"],[role="alertdialog"]') !== null)
    return undefined
  return commands.findLast((command) => command.shortcut?.toLowerCase() === event.key.toLowerCase())
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
}
