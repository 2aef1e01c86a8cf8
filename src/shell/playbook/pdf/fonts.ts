/** The fonts of a PDF: files that npm brings, and which of them has which letters. Nothing is fetched. */
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)

function folderOf(packageName: string): string {
  return dirname(require.resolve(`${packageName}/package.json`))
}

const INTER = join(folderOf('@fontsource/inter'), 'files')
const DEJAVU = join(folderOf('dejavu-fonts-ttf'), 'ttf')

/** Semibold is what stands out in print; bold shouts. */
function inter(subset: string) {
  const file = (weight: 400 | 600, style: 'normal' | 'italic'): string => join(INTER, `inter-${subset}-${weight}-${style}.woff`)
  return { normal: file(400, 'normal'), bold: file(600, 'normal'), italics: file(400, 'italic'), bolditalics: file(600, 'italic') }
}

function all(file: string) {
  return { normal: file, bold: file, italics: file, bolditalics: file }
}

export const FONTS = {
  Inter: inter('latin'),
  InterExt: inter('latin-ext'),
  InterCyrillic: inter('cyrillic'),
  InterGreek: inter('greek'),
  Mono: all(join(DEJAVU, 'DejaVuSansMono.ttf')),
  Rest: {
    normal: join(DEJAVU, 'DejaVuSans.ttf'),
    bold: join(DEJAVU, 'DejaVuSans-Bold.ttf'),
    italics: join(DEJAVU, 'DejaVuSans-Oblique.ttf'),
    bolditalics: join(DEJAVU, 'DejaVuSans-BoldOblique.ttf'),
  },
} as const

export type FontName = keyof typeof FONTS

/** The files that setting a PDF may read, and no others. */
export const FONT_FILES: ReadonlySet<string> = new Set(Object.values(FONTS).flatMap((font) => Object.values(font)))

const LATIN =
  /[\u0020-\u007e\u00a0-\u00ff\u0131\u0152\u0153\u02c6\u02da\u02dc\u2013\u2014\u2018-\u201a\u201c-\u201e\u2022\u2026\u2039\u203a\u20ac\u2122]/u
const EXTENDED = /[\u0100-\u024f\u1e00-\u1eff]/u
const CYRILLIC = /[\u0400-\u045f\u0490\u0491\u04b0\u04b1\u2116]/u
const GREEK = /[\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u03ff]/u

function fontOf(character: string, mono: boolean): FontName {
  if (mono) return 'Mono'
  if (LATIN.test(character)) return 'Inter'
  if (EXTENDED.test(character)) return 'InterExt'
  if (CYRILLIC.test(character)) return 'InterCyrillic'
  return GREEK.test(character) ? 'InterGreek' : 'Rest'
}

export interface FontRun {
  readonly text: string
  readonly font: FontName
}

/** A text in pieces, each of which one font has; marks stay with the letter that they are on. */
export function splitByFont(text: string, mono = false): FontRun[] {
  const runs: { text: string; font: FontName }[] = []
  for (const character of text.replaceAll(/\p{Cc}/gu, (one) => (one === '\n' ? one : ' '))) {
    const last = runs.at(-1)
    const stays = last !== undefined && (/^(?:\p{M}|\u200d|\ufe0f)$/u.test(character) || (character === ' ' && last.font !== 'Rest'))
    const font = stays ? last.font : fontOf(character, mono)
    if (last?.font === font) last.text += character
    else runs.push({ text: character, font })
  }
  return runs
}
