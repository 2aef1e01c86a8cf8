/** Changes of the playbook's smaller sections: metadata, lifecycle, resolution, post-mortem, compliance, criteria, limits. */
import { LIMITED_KINDS } from '../../page/carries.ts'
import { formatDuration } from '../duration.ts'
import type { Playbook } from '../playbook.ts'
import type { Change, ChangeCode, Effect } from './change.ts'
import { diffFields } from './fields.ts'
import { findMoved, pairRows } from './pair.ts'
import { differenceOf, listChange, listed, reads, sameList, shown } from './words.ts'

type Path = Change['path']

function change(code: ChangeCode, effect: Effect, path: Path, sentence: string): Change {
  return { code, effect, path, side: 'after', sentence }
}

export function diffRest(before: Playbook, after: Playbook): readonly Change[] {
  return [
    ...diffMetadata(before.metadata, after.metadata),
    ...diffResolution(before.resolution, after.resolution),
    ...diffPostMortem(before.postMortem, after.postMortem),
    ...diffTexts(before.lifecycle, after.lifecycle, { code: 'lifecycle', section: ['lifecycle'], what: 'step', key: 'description' }),
    ...diffTexts(before.compliance, after.compliance, { code: 'compliance', section: ['compliance'], what: 'rule', key: 'text' }),
    ...diffCriteria(before, after),
    ...diffLimits(before, after),
    ...diffDocument(before, after),
  ]
}

function diffMetadata(before: Playbook['metadata'], now: Playbook['metadata']): Change[] {
  const changes: Change[] = []
  if (before.id !== now.id) {
    changes.push(change('metadata', 'wording', ['metadata', 'id'], `The document is ${shown(now.id)} now, before ${shown(before.id)}`))
  }
  const [was, is] = [before.maintainer, now.maintainer]
  if (was.email !== is.email || was.name !== is.name) {
    const sentence = `${shown(is.name)} <${shown(is.email)}> maintains it now, before ${shown(was.name)} <${shown(was.email)}>`
    changes.push(change('metadata', 'behaviour', ['metadata', 'maintainer', was.email === is.email ? 'name' : 'email'], sentence))
  }
  if (before.lastReview !== now.lastReview) {
    const sentence = `It was last reviewed on ${now.lastReview}, before on ${before.lastReview}`
    changes.push(change('review', 'behaviour', ['metadata', 'last_review'], sentence))
  }
  if (before.nextReviewDue !== now.nextReviewDue) {
    const effect = now.nextReviewDue > before.nextReviewDue ? 'owes-less' : 'owes-more'
    const sentence = `The next review is due on ${now.nextReviewDue}, before on ${before.nextReviewDue}`
    changes.push(change('review', effect, ['metadata', 'next_review_due'], sentence))
  }
  const known = ['id', 'maintainer', 'lastReview', 'nextReviewDue']
  return [...changes, ...diffFields(before, now, { what: 'Metadata', path: ['metadata'], known })]
}

function diffResolution(before: Playbook['resolution'], now: Playbook['resolution']): Change[] {
  const changes: Change[] = []
  if (before.quietMs !== now.quietMs) {
    const sentence = `An incident counts as green when its alerts have been clear for ${formatDuration(now.quietMs)}, before ${formatDuration(before.quietMs)}`
    changes.push(change('resolution', 'behaviour', ['resolution', 'quiet'], sentence))
  }
  if (!sameList(before.automatic, now.automatic)) {
    const sentence = `Of green incidents ${listed(now.automatic, 'none')} resolve by themselves now, before ${listed(before.automatic, 'none')}`
    changes.push(change('resolution', 'behaviour', ['resolution', 'automatic'], sentence))
  }
  if (before.flapping.changes !== now.flapping.changes || before.flapping.withinMs !== now.flapping.withinMs) {
    const sentence = `${now.flapping.changes} changes in ${formatDuration(now.flapping.withinMs)} hold a resolution now, before ${before.flapping.changes} in ${formatDuration(before.flapping.withinMs)}`
    changes.push(change('resolution', 'behaviour', ['resolution', 'flapping'], sentence))
  }
  return [...changes, ...diffFields(before, now, { what: 'Resolution', path: ['resolution'], known: ['quietMs', 'automatic', 'flapping'] })]
}

const NO_SEVERITY = 'no severity'

function diffPostMortem(before: Playbook['postMortem'], now: Playbook['postMortem']): Change[] {
  const changes: Change[] = []
  if (before.withinMs !== now.withinMs) {
    const sentence = `A post-mortem is due ${formatDuration(now.withinMs)} after the resolution, before ${formatDuration(before.withinMs)}`
    changes.push(change('post-mortem', now.withinMs > before.withinMs ? 'owes-less' : 'owes-more', ['post_mortem', 'within'], sentence))
  }
  if (!sameList(before.severities, now.severities)) {
    const { added, removed } = differenceOf(before.severities, now.severities)
    const effect =
      added.length > 0 && removed.length === 0 ? 'owes-more' : removed.length > 0 && added.length === 0 ? 'owes-less' : 'behaviour'
    const sentence = `A post-mortem is owed at ${listed(now.severities, NO_SEVERITY)} now, before at ${listed(before.severities, NO_SEVERITY)}`
    changes.push(change('post-mortem', effect, ['post_mortem', 'severities'], sentence))
  }
  return [
    ...changes,
    ...diffTexts(before.sections, now.sections, {
      code: 'post-mortem-template',
      section: ['post_mortem', 'sections'],
      what: 'section of the post-mortem',
      key: 'description',
    }),
    ...diffFields(before, now, { what: 'Post-mortem', path: ['post_mortem'], known: ['withinMs', 'severities', 'sections'] }),
  ]
}

interface Texts<Key extends string> {
  readonly code: ChangeCode
  readonly section: Path
  /** What a row is called. */
  readonly what: string
  /** The field that is read. */
  readonly key: Key
}

/** Rows that are a title and a text. */
function diffTexts<Key extends string, Row extends { readonly title: string } & Readonly<Record<Key, string>>>(
  before: readonly Row[],
  after: readonly Row[],
  { code, section, what, key }: Texts<Key>,
): Change[] {
  const { kept, renamed, removed, added } = pairRows(before, after, { keyOf: (row) => row.title, featuresOf: (row) => [row[key]] })
  const pairs = [...kept, ...renamed]
  return [
    ...added.map(({ row, index }) => change(code, 'behaviour', [...section, index], `New ${what}: ${shown(row.title)}`)),
    ...removed.map(
      ({ row, index }): Change => ({
        ...change(code, 'behaviour', [...section, index], `There is no ${what} ${shown(row.title)} any more`),
        side: 'before',
      }),
    ),
    ...renamed.map(({ before: was, after: now, afterIndex }) =>
      change(code, 'wording', [...section, afterIndex, 'title'], `The ${what} ${shown(was.title)} is titled ${shown(now.title)} now`),
    ),
    ...pairs.flatMap(({ before: was, after: now, afterIndex }) => [
      ...(was[key] === now[key]
        ? []
        : [change(code, 'wording', [...section, afterIndex, key], `The ${what} ${shown(now.title)} ${reads(was[key], now[key])}`)]),
      ...diffFields(was, now, { what: shown(now.title), path: [...section, afterIndex], known: ['title', key], code }),
    ]),
    ...findMoved(pairs).map(({ after: now, afterIndex }) =>
      change('order', 'wording', [...section, afterIndex], `The ${what} ${shown(now.title)} stands elsewhere in the order`),
    ),
  ]
}

function diffCriteria(before: Playbook, after: Playbook): Change[] {
  const [was, is] = [before.passCriteria, after.passCriteria]
  if (sameList(was, is)) return []
  return [
    change('pass-criteria', 'wording', ['pass_criteria'], `The playbook’s list of ${listChange('pass criteria', differenceOf(was, is))}`),
  ]
}

function diffLimits(before: Playbook, after: Playbook): Change[] {
  const [was, is] = [before.newIncidentsPerMinuteMax, after.newIncidentsPerMinuteMax]
  const sentence = `A source may open ${is} incidents in a minute now, before ${was}; what is more joins one storm incident`
  const opened = change('limits', is < was ? 'pages-less' : 'pages-more', ['limits', 'new_incidents_per_minute'], sentence)
  return [
    ...(was === is ? [] : [opened]),
    ...diffPageBound(before.pagesPerPerson, after.pagesPerPerson),
    ...diffCarries(before.carries, after.carries),
  ]
}

function diffPageBound(was: Playbook['pagesPerPerson'], is: Playbook['pagesPerPerson']): Change[] {
  if (was.max === is.max && was.withinMs === is.withinMs) return []
  const bound = ({ max, withinMs }: typeof is) => `${max} messages in ${formatDuration(withinMs)}`
  const rarer = is.max / is.withinMs < was.max / was.withinMs
  const sentence = `A person gets at most ${bound(is)} now, before ${bound(was)}; the rest is one that says how many`
  return [change('limits', rarer ? 'pages-less' : 'pages-more', ['limits', 'pages_per_person'], sentence)]
}

function diffCarries(was: Playbook['carries'] = {}, is: Playbook['carries'] = {}): Change[] {
  return LIMITED_KINDS.filter((kind) => was[kind] !== is[kind]).map((kind) => {
    const sentence = `Messages by ${kind} may carry ${SAID[is[kind] ?? 'all']} now, before ${SAID[was[kind] ?? 'all']}`
    return change('limits', 'behaviour', ['limits', 'carries', kind], sentence)
  })
}
const SAID = { 'number-and-severity': 'the number and the severity alone', title: 'no more than the title', all: 'all' } as const

function diffDocument(before: Playbook, after: Playbook): readonly Change[] {
  return diffFields(readablePart(before), readablePart(after), { what: '', path: [], known: [], code: 'document', effect: 'wording' })
}

function readablePart({ document, prose }: Playbook): object {
  return { document, prose }
}
