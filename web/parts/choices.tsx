/** One of a few, side by side; a group of radio buttons, so that arrow keys move in it. */
interface ChoicesProps<Value extends string> {
  readonly legend: string
  readonly name: string
  readonly value: Value
  readonly choices: readonly { readonly value: Value; readonly label: string }[]
  readonly wide?: boolean
  readonly onChange: (value: Value) => void
}

export function Choices<Value extends string>({ legend, name, value, choices, wide, onChange }: ChoicesProps<Value>) {
  return (
    <fieldset
      className={`inline-flex overflow-hidden rounded-[6px] border border-line-strong bg-surface ${wide === true ? 'max-[760px]:flex-1' : ''}`}
    >
      <legend className="sr-only">{legend}</legend>
      {choices.map((choice) => (
        <label
          key={choice.value}
          className="flex cursor-pointer items-center justify-center px-3 py-1 whitespace-nowrap text-muted not-first-of-type:border-l not-first-of-type:border-line hover:text-text has-checked:bg-accent-soft has-checked:font-[550] has-checked:text-text has-focus-visible:outline-2 has-focus-visible:-outline-offset-2 has-focus-visible:outline-accent max-[760px]:min-h-11 max-[760px]:flex-1"
        >
          <input type="radio" name={name} className="sr-only" checked={value === choice.value} onChange={() => onChange(choice.value)} />
          {choice.label}
        </label>
      ))}
    </fieldset>
  )
}
