/** Lists within a cell: names, channels, steps. */
import { normalizeName } from '../text.ts'

const NOTHING = /^(?:[-–—\s.]*|n\/?a|none|nobody|no one|no-one|nil|not paged|no page|no paging)$/i

export function saysNothing(text: string): boolean {
  return NOTHING.test(normalizeName(text))
}

/** Names of roles: by commas, semicolons, plus signs and lines; by "and" too. */
export function splitNames(text: string): string[] {
  const names = text
    .split(/[,;\n•|]|\s\+\s|\s\/\s/)
    .flatMap((part) => part.split(/\s+(?:and|as well as)\s+/i))
    .map((part) =>
      normalizeName(part)
        .replace(/^(?:and|&|\+|then|the)\s+/i, '')
        .replace(/[.:]+$/, ''),
    )
  return unique(names.filter((name) => !saysNothing(name)))
}

/** Channels: "Email + Slack", "Email/Slack", "Slack #ops"; what looks like an address is left whole. */
export function splitChannels(text: string): string[] {
  const channels = text
    .split(/[,;\n•]|\s\+\s|\s&\s|\s\/\s|\s+and\s+/i)
    .flatMap((part) => (/[:.]|#/.test(part) ? [part] : part.split('/')))
    .map((part) =>
      normalizeName(part)
        .replace(/^(?:and|via|by|&|\+)\s+/i, '')
        .replace(/\.$/, ''),
    )
  return unique(channels.filter((channel) => !saysNothing(channel)))
}

/** Steps of a mitigation: lines, bullets or numbers where there are some, else parts between semicolons. Each begins with a capital. */
export function splitSteps(text: string): string[] {
  const lines = text.split(/\n|•|(?:^|\s)(?=\d{1,2}[.)]\s)/).map((line) => line.replace(/^\s*(?:[-*•]|\d{1,2}[.)])\s+/, '').trim())
  const filled = lines.filter((line) => line !== '')
  const parts = filled.length > 1 ? filled : (filled[0] ?? '').split(/;\s*/)
  return parts.map((part) => capitalize(part.trim())).filter((part) => !saysNothing(part))
}

/** Nothing else than the first letter changes, and only where it begins a word of plain letters: "iPhone" and "kubectl-x" stay. */
export function capitalize(text: string): string {
  const word = /^[\p{Ll}]+(?=[\s,]|$)/u.exec(text)
  return word === null ? text : text.charAt(0).toUpperCase() + text.slice(1)
}

function unique(names: readonly string[]): string[] {
  const seen = new Map<string, string>()
  for (const name of names) if (!seen.has(name.toLowerCase())) seen.set(name.toLowerCase(), name)
  return [...seen.values()]
}
