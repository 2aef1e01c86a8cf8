/** How a source is, in a word. */
import type { Source } from '../../../src/api/schema.ts'
import { Tag, type Tone } from '../../parts/tag.tsx'

const WORDS: Readonly<Record<Source['health'], readonly [tone: Tone, word: string]>> = {
  revoked: ['plain', 'revoked'],
  never: ['warn', 'nothing yet'],
  silent: ['late', 'silent'],
  troubled: ['late', 'troubled'],
  well: ['ok', 'well'],
}

export function Health({ source }: { readonly source: Pick<Source, 'health'> }) {
  const [tone, word] = WORDS[source.health]
  return <Tag tone={tone}>{word}</Tag>
}
