/** Which file may import which, and who may read the environment. Pure: given paths and texts, answers what is wrong. */
import { posix } from 'node:path'

export interface SourceFile {
  /** From the repository's root, with slashes: `src/core/time.ts`. */
  readonly path: string
  readonly text: string
}

/** Libraries without time, randomness, files or network, which the core may use. */
const PURE_LIBRARIES = new Set(['@bufbuild/cel', '@bufbuild/protobuf', 'canonicalize', 're2js', 'temporal-polyfill', 'zod'])
/** Read and write the playbook's formats, YAML and Markdown; that is pure as well, but only that folder does it. */
const PLAYBOOK_LIBRARIES = new Set([
  'yaml',
  'mdast',
  'mdast-util-from-markdown',
  'mdast-util-gfm-table',
  'mdast-util-to-markdown',
  'micromark-extension-gfm-table',
])
/** The only files that know that there is an environment. */
const ENVIRONMENT_READERS = new Set(['src/config.ts', 'src/main.ts', 'src/cli/tocsin.ts'])
/** What the core must be given instead of reading it. */
const IMPURITIES: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\b/, 'Date.now'],
  [/\bnew Date\(\s*\)/, 'new Date()'],
  [/\bMath\.random\b/, 'Math.random'],
  [/\bperformance\.now\b/, 'performance.now'],
  [/\bcrypto\.(randomUUID|getRandomValues)\b/, 'crypto randomness'],
  [/\bprocess\./, 'process'],
  [/\bsetTimeout\(|\bsetInterval\(|\bsetImmediate\(/, 'a timer'],
  [/\bfetch\(/, 'fetch'],
  [/\bTemporal\.Now\b/, 'Temporal.Now'],
]

/** One line a violation, `path:line what`. Tests are free to import what they test with. */
export function findViolations(files: readonly SourceFile[]): string[] {
  return files.filter((file) => !/\.(test|spec)\.tsx?$/.test(file.path)).flatMap(checkFile)
}

function checkFile(file: SourceFile): string[] {
  const code = withoutComments(file.text)
  const imports = findImports(code).flatMap(({ specifier, line, typeOnly }) => {
    const problem = judgeImport(file.path, specifier, typeOnly)
    return problem === null ? [] : [`${file.path}:${line} ${problem}`]
  })
  return [...imports, ...findImpurities(file.path, code)]
}

interface Import {
  readonly specifier: string
  readonly line: number
  readonly typeOnly: boolean
}

/** Static, re-exporting and dynamic imports with a literal name. */
function findImports(code: string): Import[] {
  const pattern = /\b(import|export)\s+(type\s+)?(?:[\w*{][^'";]*?\bfrom\s*)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g
  return [...code.matchAll(pattern)].map((match) => ({
    specifier: match[3] ?? match[4] ?? '',
    line: lineAt(code, match.index),
    typeOnly: match[2] !== undefined,
  }))
}

function judgeImport(path: string, specifier: string, typeOnly: boolean): string | null {
  const target = specifier.startsWith('.') ? posix.normalize(posix.join(posix.dirname(path), specifier)) : null
  if (path.startsWith('src/core/')) return judgeCore(path, specifier, target)
  if (path.startsWith('src/integrations/')) return judgeIntegration(path, specifier, target)
  if (path.startsWith('src/') && target !== null && !target.startsWith('src/') && !target.endsWith('package.json')) {
    return `the product imports ${specifier} from outside of src`
  }
  if (path.startsWith('src/api/') && target !== null && !/^src\/(api|core)\//.test(target)) return `the API's shapes import ${specifier}`
  if (path.startsWith('web/') && target?.startsWith('src/') === true) return judgeConsole(specifier, target, typeOnly)
  return null
}

function judgeCore(path: string, specifier: string, target: string | null): string | null {
  if (target !== null) return target.startsWith('src/core/') ? null : `the core imports ${specifier}, which is not of the core`
  const library = packageOf(specifier)
  if (PURE_LIBRARIES.has(library)) return null
  if (PLAYBOOK_LIBRARIES.has(library) && path.startsWith('src/core/playbook/')) return null
  return `the core imports ${specifier}, which is not one of its pure libraries`
}

/** A folder below `src/integrations/` is one integration; the files beside the folders list and join them. */
function judgeIntegration(path: string, specifier: string, target: string | null): string | null {
  if (target === null || target.startsWith('src/core/') || /^src\/integration(-\w+)?\.ts$/.test(target)) return null
  const own = /^src\/integrations\/([^/]+)\//.exec(path)?.[1]
  const theirs = /^src\/integrations\/([^/]+)\//.exec(target)?.[1]
  if (own === undefined) return target.startsWith('src/integrations/') ? null : `the list of integrations imports ${specifier}`
  return own === theirs ? null : `the integration ${own} imports ${specifier}: only the core, integration.ts and its own folder are its own`
}

/** The console shares the core's rules and the API's types, nothing that runs in the server. */
function judgeConsole(specifier: string, target: string, typeOnly: boolean): string | null {
  if (target.startsWith('src/core/') || (target.startsWith('src/api/') && typeOnly)) return null
  return target.startsWith('src/api/')
    ? `the console imports ${specifier} other than as types`
    : `the console imports ${specifier} of the server`
}

function findImpurities(path: string, code: string): string[] {
  const found: string[] = []
  const look = (pattern: RegExp, problem: string) => {
    const match = pattern.exec(code)
    if (match !== null) found.push(`${path}:${lineAt(code, match.index)} ${problem}`)
  }
  if (path.startsWith('src/core/')) {
    for (const [pattern, name] of IMPURITIES) look(pattern, `the core reads ${name}: it must be given it`)
  } else if (path.startsWith('src/') && !ENVIRONMENT_READERS.has(path)) {
    look(/\bprocess\.env\b/, 'only config.ts, main.ts and the CLI entry read the environment')
  }
  return found
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

/** Keeps the line breaks, so that lines can still be told. A `//` in a string hides at most the rest of that line. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' ')).replace(/(^|[\s;{}(),])\/\/[^\n]*/g, '$1')
}

function lineAt(code: string, index: number): number {
  return code.slice(0, index).split('\n').length
}
