/** Buttons and links that look like them: one main action a screen, the key shown where there is one. */
import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react'
import { classNames } from '../lib/class-names.ts'

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: 'plain' | 'main' | 'quiet' | 'danger'
  readonly size?: 'm' | 's'
  /** The key that does the same, shown and told to screen readers. */
  readonly shortcut?: string | undefined
  readonly busy?: boolean
  readonly ref?: Ref<HTMLButtonElement>
  readonly children: ReactNode
}

const LOOKS = {
  plain: 'border-line-strong bg-raised text-text enabled:hover:border-faint',
  main: 'border-accent bg-accent text-accent-text enabled:hover:brightness-110',
  quiet: 'border-transparent bg-transparent text-muted enabled:hover:bg-accent-soft enabled:hover:text-text',
  danger: 'border-late bg-raised text-late enabled:hover:bg-late-soft',
}

export function buttonClass(look: keyof typeof LOOKS = 'plain', size: 'm' | 's' = 'm'): string {
  return classNames(
    'inline-flex items-center justify-center gap-1.5 rounded-[6px] border font-[550] whitespace-nowrap select-none disabled:opacity-55',
    size === 'm' ? 'px-3 py-1.5 max-[760px]:min-h-11' : 'px-2 py-0.5 max-[760px]:min-h-11 max-[760px]:px-3',
    LOOKS[look],
  )
}

export function Button({ look, size, shortcut, busy, className, children, type, disabled, ...rest }: ButtonProps) {
  return (
    <button
      // oxlint-disable-next-line react/button-has-type -- the default is the safe one
      type={type ?? 'button'}
      className={classNames(buttonClass(look, size), className)}
      aria-keyshortcuts={shortcut}
      aria-busy={busy === true ? true : undefined}
      disabled={disabled === true || busy === true}
      {...rest}
    >
      {children}
      {shortcut !== undefined && <Key>{shortcut}</Key>}
    </button>
  )
}

/** Hidden from screen readers: `aria-keyshortcuts` tells them. Hidden on phones: they have no keys. */
export function Key({ children }: { readonly children: ReactNode }) {
  return (
    <kbd aria-hidden className="ml-0.5 text-xs opacity-65 max-[760px]:hidden">
      {children}
    </kbd>
  )
}
