/** What is asked about a signal, as the address holds it. Pure. */

/** All but a pasted body: that may hold what nobody should find in an address. */
export interface ExplainSearch {
  readonly by?: 'body' | 'signal'
  readonly alarm?: string
  readonly title?: string
  readonly value?: string
  readonly hint?: string
  readonly source?: string
  readonly status?: 'acknowledged' | 'resolved'
  /** `name=value`, one a line. */
  readonly labels?: string
  /** Id of a signal that was received. */
  readonly signal?: string
  readonly door?: string
  /** On the wall of `zone`; now when left out. */
  readonly at?: string
  readonly zone?: string
}

const TEXTS = ['alarm', 'title', 'value', 'hint', 'source', 'labels', 'signal', 'door', 'at', 'zone'] as const
const TEXT_CHARS_MAX = 4_000

/** Numbers come as numbers from an address and are texts in a field; whatever else is there is dropped. */
export function readExplainSearch(search: Record<string, unknown>): ExplainSearch {
  const texts = TEXTS.flatMap((name) => {
    const value = search[name]
    const text = typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, TEXT_CHARS_MAX) : ''
    return text === '' ? [] : [[name, text] as const]
  })
  const { by, status } = search
  return {
    ...(by === 'body' || by === 'signal' ? { by } : {}),
    ...(status === 'acknowledged' || status === 'resolved' ? { status } : {}),
    ...Object.fromEntries(texts),
  }
}
