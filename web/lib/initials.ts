const LETTERS = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** Up to two letters of a name, whatever its script: `MK` for Mara Klein. */
export function initialsOf(name: string): string {
  const words = name.split(/[\s@._-]+/).filter((word) => word !== '')
  const chosen = words.length > 1 ? [words[0], words[words.length - 1]] : words.slice(0, 1)
  return chosen
    .map((word) => [...LETTERS.segment(word ?? '')][0]?.segment ?? '')
    .join('')
    .toLocaleUpperCase()
}
