/** The engine settings at the end of a rendered document: a section for people, and a block of YAML that is read back. */
import type { RootContent } from 'mdast'
import type { Place } from './note.ts'
import { placeOf, type Section } from './outline.ts'
import { simplify } from './vocabulary.ts'

export const SETTINGS_TITLE = 'Engine Settings'
export const SETTINGS_LANGUAGE = 'yaml'
export const SETTINGS_META = 'tocsin'

export interface Settings {
  readonly text: string
  readonly place: Place
}

/** The last section of that name with such a block is the engine's own; what stands in it is drawn from the playbook. */
export function withoutSettings(top: Section): { readonly top: Section; readonly settings: Settings | null } {
  const found = findLast(top)
  if (found === null) return { top, settings: null }
  const without = (section: Section): Section => ({
    ...section,
    children: section.children.filter((child) => child !== found).map(without),
  })
  return { top: without(top), settings: settingsIn(found.blocks) }
}

function findLast(section: Section): Section | null {
  for (const child of section.children.toReversed()) {
    const deeper = findLast(child)
    if (deeper !== null) return deeper
    if (simplify(child.title) === simplify(SETTINGS_TITLE) && settingsIn(child.blocks) !== null) return child
  }
  return null
}

function settingsIn(blocks: readonly RootContent[]): Settings | null {
  const block = blocks.findLast((one) => one.type === 'code' && one.lang === SETTINGS_LANGUAGE && one.meta === SETTINGS_META)
  return block?.type === 'code' ? { text: block.value, place: placeOf(block) } : null
}
