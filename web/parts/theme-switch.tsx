/** Light, dark, or as the system says. */
import { chooseTheme, useThemeChoice, type ThemeChoice } from '../lib/theme.ts'
import { Choices } from './choices.tsx'

const CHOICES: readonly { readonly value: ThemeChoice; readonly label: string }[] = [
  { value: 'system', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
]

export function ThemeSwitch() {
  return <Choices legend="Theme" name="theme" value={useThemeChoice()} choices={CHOICES} onChange={chooseTheme} />
}
