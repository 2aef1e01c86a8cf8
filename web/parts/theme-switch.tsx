/** Light, dark, or as the system says. */
import { chooseTheme, useThemeChoice, type ThemeChoice } from '../lib/theme.ts'

const CHOICES: readonly { readonly value: ThemeChoice; readonly label: string }[] = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
]

export function ThemeSwitch() {
  const choice = useThemeChoice()
  return (
    <fieldset className="inline-flex overflow-hidden rounded-[6px] border border-line-strong bg-surface">
      <legend className="sr-only">Theme</legend>
      {CHOICES.map(({ value, label }) => (
        <label
          key={value}
          className="flex items-center px-3 py-1.5 text-muted not-first-of-type:border-l not-first-of-type:border-line has-checked:bg-accent-soft has-checked:font-[550] has-checked:text-text has-focus-visible:outline-2 has-focus-visible:-outline-offset-2 has-focus-visible:outline-accent max-[760px]:min-h-11"
        >
          <input type="radio" name="theme" value={value} checked={choice === value} onChange={() => chooseTheme(value)} className="sr-only" />
          {label}
        </label>
      ))}
    </fieldset>
  )
}
