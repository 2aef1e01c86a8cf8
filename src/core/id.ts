/** Branded ids: a person's id cannot be passed where an incident's is meant. All are UUIDs in text form unless said otherwise. */

declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

export type IncidentId = Branded<'incident'>
export type PersonId = Branded<'person'>
export type SourceId = Branded<'source'>
/** SHA-256 of the playbook file, 64 hex digits. */
export type PlaybookDigest = Branded<'playbook'>
/** `<incident id>/<severity>.<n>/<role>`: one role's obligation to respond at one severity. */
export type DutyId = Branded<'duty'>
/** `<duty id>/<round>.<step>/<person id>`: the duty to reach one person about one incident. */
export type PageKey = Branded<'page'>

/** Marks a checked string as an id; for the edges, where rows and requests become typed values. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller says which id it is; the one place where text becomes one
export function asId<Id extends Branded<string>>(text: string): Id {
  return text as Id
}
