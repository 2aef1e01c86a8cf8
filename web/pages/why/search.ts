/** What is asked of "Why?", as the address holds it. Pure. */
export interface WhySearch {
  readonly signal?: string
  readonly alert?: string
  readonly incident?: string
  /** Id of a person, or `me`. */
  readonly person?: string
}

const CHARS_MAX = 320

export function readWhySearch(search: Record<string, unknown>): WhySearch {
  const found = (['signal', 'alert', 'incident', 'person'] as const).flatMap((name) => {
    const value = search[name]
    const text = typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, CHARS_MAX) : ''
    return text === '' ? [] : [[name, text] as const]
  })
  return Object.fromEntries(found)
}

export function withPerson({ person: _before, ...about }: WhySearch, person: string | undefined): WhySearch {
  return person === undefined ? about : { ...about, person }
}

/** What somebody pasted: a number or `INC-7` is an incident, `12-0` a signal, an id an alert; null: nothing that is known. */
export function readPasted(text: string): WhySearch | null {
  const asked = text.trim().replace(/^.*\/incidents\//, '')
  const incident = /^(?:INC-|#)?(\d{1,9})$/i.exec(asked)
  if (incident !== null) return { incident: incident[1] ?? '' }
  if (/^\d{1,15}-\d{1,6}$/.test(asked)) return { signal: asked }
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(asked) ? { alert: asked.toLowerCase() } : null
}
