/** Single-letter keys, on or off in this browser. */
import { useState } from 'react'
import { singleKeysOn, switchSingleKeys } from '../../app/commands.ts'
import { CheckField } from '../../parts/field.tsx'

export function KeysSetting() {
  const [on, setOn] = useState(singleKeysOn)
  return (
    <CheckField
      label="Single keys act"
      hint="A acknowledges, R resolves, and so on. Turn it off if you speak to your computer. Ctrl or Cmd with K always works."
      checked={on}
      onChange={(event) => {
        switchSingleKeys(event.target.checked)
        setOn(event.target.checked)
      }}
    />
  )
}
