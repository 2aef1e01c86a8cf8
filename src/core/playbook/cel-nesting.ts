/** Whether a text of CEL may be given to the parser, which takes seconds for a few hundred brackets within one another. */

const DEPTH_MAX = 24
/** Comments and texts in quotes, raw ones too: what stands in them is no bracket. */
const SKIPPED =
  /\/\/[^\n]*|[rR][bB]?(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"[^"\n]*"|'[^'\n]*')|"""(?:\\[\s\S]|[^\\])*?"""|'''(?:\\[\s\S]|[^\\])*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g

export function isNestedTooDeeply(source: string): boolean {
  let depth = 0
  for (const [bracket] of source.replaceAll(SKIPPED, ' ').matchAll(/[()[\]{}]/g)) {
    depth += '([{'.includes(bracket) ? 1 : -1
    if (depth > DEPTH_MAX) return true
  }
  return false
}
