/** What can stand at a place of playbook.yaml, by its JSON Schema and by the names the playbook uses. Pure. */
import type { PlaybookView } from '../../../../src/api/schema.ts'
import type { YamlPlace } from './yaml-place.ts'

export interface Proposal {
  readonly label: string
  /** What is written when it is taken. */
  readonly apply: string
  readonly type: 'key' | 'value' | 'name'
  readonly info: string
}

/** The parts of JSON Schema that the playbook's uses. */
interface Schema {
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, Schema>>
  readonly definitions?: Readonly<Record<string, Schema>>
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly examples?: readonly unknown[]
  readonly description?: string
}

/** A reference that leads round in circles ends here. */
const DEPTH_MAX = 20

/** @param schema as `GET /playbook/schema` gives it; whatever else it is, only names are proposed */
export function propose(schema: unknown, place: YamlPlace, playbook: PlaybookView | null): readonly Proposal[] {
  const root = isSchema(schema) ? schema : {}
  const nodes = place.path.reduce<readonly Schema[]>(
    (here, step) => here.flatMap((node) => stepInto(root, node, step)),
    resolve(root, root, 0),
  )
  if (place.kind === 'value') return unique([...namesFor(place.path, playbook), ...valuesOf(root, nodes)])
  const keys = keysOf(nodes, place.siblings)
  // An item of a plain list looks like a key that is still being typed.
  return keys.length > 0 ? keys : unique([...namesFor(place.path, playbook), ...valuesOf(root, nodes)])
}

function stepInto(root: Schema, node: Schema, step: string): readonly Schema[] {
  if (step === '[]') return node.items === undefined ? [] : resolve(root, node.items, 0)
  const own = node.properties === undefined || !Object.hasOwn(node.properties, step) ? undefined : node.properties[step]
  const next = own ?? (typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined)
  return next === undefined ? [] : resolve(root, next, 0)
}

/** All that a schema may be: references followed, alternatives spread out, each with the description of where it stood. */
function resolve(root: Schema, node: Schema, depth: number): readonly Schema[] {
  if (depth > DEPTH_MAX) return []
  if (node.$ref !== undefined) {
    const name = /^#\/(?:\$defs|definitions)\/(.+)$/.exec(node.$ref)?.[1] ?? ''
    const target = node.$ref === '#' ? root : (root.$defs?.[name] ?? root.definitions?.[name])
    return target === undefined ? [] : resolve(root, describe(target, node), depth + 1)
  }
  const choices = [...(node.anyOf ?? []), ...(node.oneOf ?? []), ...(node.allOf ?? [])]
  return choices.length === 0 ? [node] : choices.flatMap((choice) => resolve(root, describe(choice, node), depth + 1))
}

function describe(schema: Schema, { description, examples }: Schema): Schema {
  return { ...(description === undefined ? {} : { description }), ...(examples === undefined ? {} : { examples }), ...schema }
}

function keysOf(nodes: readonly Schema[], taken: readonly string[]): readonly Proposal[] {
  const keys = nodes.flatMap((node) => Object.entries(node.properties ?? {}))
  return unique(
    keys
      .filter(([key]) => !taken.includes(key))
      .map(([key, schema]) => ({ label: key, apply: `${key}: `, type: 'key' as const, info: schema.description ?? '' })),
  )
}

/** One step into lists: a value may be one name or a list of them. */
function valuesOf(root: Schema, nodes: readonly Schema[]): readonly Proposal[] {
  const deep = nodes.flatMap((node) => [node, ...(node.items === undefined ? [] : resolve(root, node.items, 0))])
  return deep.flatMap((node) => {
    const fixed = [
      ...(node.enum ?? []),
      ...(node.const === undefined ? [] : [node.const]),
      ...(node.type === 'boolean' ? [true, false] : []),
    ]
    const values = fixed.length > 0 ? fixed : (node.examples ?? [])
    return values
      .filter((value) => ['string', 'number', 'boolean'].includes(typeof value))
      .map((value) => ({ label: String(value), apply: quoted(String(value)), type: 'value' as const, info: node.description ?? '' }))
  })
}

/** Which names a key refers to; by the last key of the path, whatever list it is in. */
function namesFor(path: readonly string[], playbook: PlaybookView | null): readonly Proposal[] {
  const key = path.findLast((step) => step !== '[]') ?? ''
  if (playbook === null) return []
  if (['severity', 'default_severity', 'severities', 'automatic'].includes(key)) {
    return playbook.severities.flatMap((row) => names([row.id], row.definition))
  }
  if (['roles_paged', 'held_by', 'notify', 'role'].includes(key)) return names(playbook.duty_roles, 'Duty role')
  if (key === 'team')
    return names(
      playbook.teams.map((team) => team.name),
      'Team',
    )
  return key === 'services'
    ? names(
        playbook.services.map((service) => service.name),
        'Service',
      )
    : []
}

function names(list: readonly string[], info: string): readonly Proposal[] {
  return list.map((name) => ({ label: name, apply: quoted(name), type: 'name' as const, info }))
}

/** What YAML would read as something else is put into quotes. */
export function quoted(text: string): string {
  const plain = /^[\p{L}\d][\p{L}\p{N} _./()%-]*$/u.test(text) && !/: | #|\s$/.test(text)
  const isOther =
    /^(true|false|null|yes|no|on|off|~|[\d.]+)$/iu.test(text) && !['true', 'false'].includes(text) && Number.isNaN(Number(text))
  return plain && !isOther ? text : `'${text.replaceAll("'", "''")}'`
}

function unique(proposals: readonly Proposal[]): readonly Proposal[] {
  return [...new Map(proposals.toReversed().map((proposal) => [proposal.label, proposal])).values()].toReversed()
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null
}
