/** Versions of the playbook: what is stored, what a change means, what a text would do before it is saved, and saving it. */
import { z } from 'zod'
import { CHANGE_CODES, EFFECTS, type ChangeCode, type Effect } from '../core/playbook/diff/change.ts'
import { FINDING_CODES, type FindingCode } from '../core/playbook/finding-code.ts'
import { Line, Timestamp } from './common.ts'
import { PlaybookView } from './playbook.ts'

/** As the CLI prints it: a place, what is wrong there, what to do. */
export const PlaybookFinding = z
  .object({
    file: z.string(),
    code: z.enum(Object.keys(FINDING_CODES) as FindingCode[]),
    severity: z.enum(['error', 'warning']),
    line: z.number().int(),
    column: z.number().int(),
    message: z.string(),
    fix: z.string(),
    path: z.string(),
    /** What can be mended without asking: a stretch of the text, in UTF-16 code units, and what is to stand there. */
    edit: z.object({ offset: z.number().int(), length: z.number().int(), text: z.string() }).optional(),
  })
  .meta({ id: 'PlaybookFinding' })
export type PlaybookFinding = z.infer<typeof PlaybookFinding>

export const PlaybookChange = z
  .object({
    file: z.string(),
    code: z.enum(Object.keys(CHANGE_CODES) as ChangeCode[]),
    /** Whether it pages people more or less; lists come with the gravest first. */
    effect: z.enum(Object.keys(EFFECTS) as Effect[]),
    path: z.string(),
    /** The text in which `path` and `line` stand: what is gone stands in the one of before. */
    side: z.enum(['before', 'after']),
    line: z.number().int().nullable(),
    sentence: z.string(),
  })
  .meta({ id: 'PlaybookChange' })
export type PlaybookChange = z.infer<typeof PlaybookChange>

export const PlaybookVersion = z
  .object({
    number: z.number().int(),
    digest: z.string(),
    /** First taken by a server. */
    loaded_at: Timestamp,
    /** Whoever saved it in Tocsin; null: it was found in the folder. */
    author: z.object({ id: z.string().nullable(), name: z.string() }).nullable(),
    reason: z.string(),
    /** How many incidents run or ran under it, of those that you may see. */
    incidents: z.number().int(),
    /** In force for new incidents. */
    current: z.boolean(),
  })
  .meta({ id: 'PlaybookVersion' })
export type PlaybookVersion = z.infer<typeof PlaybookVersion>

/** What `GET /playbook` answers: the version in force, and loudly what keeps a newer text from taking its place. */
export const CurrentPlaybook = PlaybookView.extend({
  /** `days` until the review is due; negative: so many days late. */
  review: z.object({ state: z.enum(['ok', 'due_soon', 'overdue']), due: z.string(), days: z.number().int() }),
  author: PlaybookVersion.shape.author,
  reason: z.string(),
  /** Null: the files in the folder are in force. */
  fault: z.object({ refused: z.array(z.string()), findings: z.array(PlaybookFinding) }).nullable(),
}).meta({ id: 'CurrentPlaybook' })
export type CurrentPlaybook = z.infer<typeof CurrentPlaybook>

export const PlaybookVersionDetail = PlaybookVersion.extend({
  /** playbook.yaml as it was, byte for byte. */
  source: z.string(),
  /** Null: a release that reads another language wrote it. */
  playbook: PlaybookView.nullable(),
}).meta({ id: 'PlaybookVersionDetail' })
export type PlaybookVersionDetail = z.infer<typeof PlaybookVersionDetail>

const VersionRef = z.object({ number: z.number().int().nullable(), digest: z.string() })

export const PlaybookDiff = z
  .object({
    from: VersionRef,
    to: VersionRef,
    changes: z.array(PlaybookChange),
    /** The lines, as a unified diff. */
    patch: z.string(),
  })
  .meta({ id: 'PlaybookDiff' })
export type PlaybookDiff = z.infer<typeof PlaybookDiff>

/** The reader of playbooks takes no more. */
export const SOURCE_CHARS_MAX = 1_000_000
const Source = z.string().max(SOURCE_CHARS_MAX)

export const PlaybookCheckBody = z.strictObject({ source: Source })
export type PlaybookCheckBody = z.infer<typeof PlaybookCheckBody>

export const PlaybookCheck = z
  .object({
    /** Of the text that was sent. */
    digest: z.string(),
    /** What it was compared with: the version in force. */
    base: VersionRef,
    /** False: it has errors and could not be saved. */
    sound: z.boolean(),
    errors: z.number().int(),
    warnings: z.number().int(),
    findings: z.array(PlaybookFinding),
    changes: z.array(PlaybookChange),
    /** What it would be; null when it has errors. */
    playbook: PlaybookView.nullable(),
  })
  .meta({ id: 'PlaybookCheck' })
export type PlaybookCheck = z.infer<typeof PlaybookCheck>

export const PlaybookSaveBody = z.strictObject({
  source: Source,
  /** Why; it is shown with the version and is the commit's message. */
  reason: Line,
  /** Digest of the text that was edited, as `GET /playbook/source` told it. */
  base_digest: z.string().max(64),
})
export type PlaybookSaveBody = z.infer<typeof PlaybookSaveBody>

export const PlaybookSaved = z
  .object({
    version: PlaybookVersion,
    /** False: the file held this text already. */
    changed: z.boolean(),
    changes: z.array(PlaybookChange),
    /** Warnings: with an error it would not have been saved. */
    findings: z.array(PlaybookFinding),
    /** `none`: the folder is in no git repository. `failed`: the save stands, `detail` says why there is no commit. */
    git: z.object({ state: z.enum(['none', 'committed', 'failed']), commit: z.string().nullable(), detail: z.string() }),
  })
  .meta({ id: 'PlaybookSaved' })
export type PlaybookSaved = z.infer<typeof PlaybookSaved>

/** The file as it lies in the folder now, which is what an editor edits. */
export const PlaybookSource = z
  .object({
    source: z.string(),
    digest: z.string(),
    /** False: the file has errors, or was changed within the last second. */
    in_force: z.boolean(),
    /** False: `PUT` is refused, and `POST /playbook/patch` is the way. */
    writable: z.boolean(),
    /** Why it cannot be written; empty when it can. */
    why_not: z.string(),
    findings: z.array(PlaybookFinding),
  })
  .meta({ id: 'PlaybookSource' })
export type PlaybookSource = z.infer<typeof PlaybookSource>

export const PlaybookPatch = z
  .object({
    /** Name to save it under. */
    file: z.string(),
    /** A unified diff that `git apply` and `patch -p1` take in the playbook folder; empty when nothing differs. */
    patch: z.string(),
  })
  .meta({ id: 'PlaybookPatch' })
export type PlaybookPatch = z.infer<typeof PlaybookPatch>
