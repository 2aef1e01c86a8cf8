/** Can every source be heard, and is what it says believed and acted upon? The same notices stand on each source's page. */
import type { DoctorCheck } from '../../../api/doctor.ts'
import { type Notice, type NoticeCode, noticesOf } from '../../../core/source/notice.ts'
import type { Instant } from '../../../core/time.ts'
import { openFactReader, readHours } from '../../source/facts.ts'
import { listSources } from '../../source/source-store.ts'
import { type Examination, fail, ok, warn } from '../check.ts'

const SOURCES = 'Sources'
/** Each in detail; of more only the first are looked at, and the report says so. */
const SOURCES_MAX = 500
const NAMES_SHOWN = 20

export async function checkSources({ ports }: Examination): Promise<readonly DoctorCheck[]> {
  const found = await ports.database.inTransaction('main', async (tx) => {
    const open = (await listSources(tx)).filter((source) => source.revokedAt === null)
    const hours = await readHours(tx, null)
    const read = openFactReader(ports)
    const notices: { readonly name: string; readonly observeSince: Instant | null; readonly notices: readonly Notice[] }[] = []
    for (const source of open.slice(0, SOURCES_MAX)) {
      const { facts } = await read(tx, source, hours.get(source.id) ?? [])
      notices.push({ name: source.name, observeSince: source.observeSince, notices: noticesOf(facts, tx.now) })
    }
    return { names: open.map((source) => source.name), notices }
  })
  return [checkAny(found.names), ...found.notices.flatMap(({ name, notices }) => checkOne(name, notices))]
}

function checkAny(names: readonly string[]): DoctorCheck {
  if (names.length === 0) {
    return fail('sources', SOURCES, {
      found: 'there is no integration key',
      meaning: 'no monitoring can raise an alarm here',
      remedy: 'make one: `tocsin key create prometheus`',
    })
  }
  const more = names.length > NAMES_SHOWN ? ` and ${names.length - NAMES_SHOWN} more` : ''
  const cut = names.length > SOURCES_MAX ? `; only the newest ${SOURCES_MAX} were looked at` : ''
  return ok('sources', SOURCES, `${names.slice(0, NAMES_SHOWN).join(', ')}${more}${cut}`)
}

/** What needs nobody is said in a line; of what does, the worst gives the state. */
function checkOne(name: string, notices: readonly Notice[]): DoctorCheck[] {
  const [worst] = notices
  if (worst === undefined) return []
  const id = `source:${name}`
  const title = `Source ${name}`
  const told = notices.filter((notice) => notice.level === worst.level)
  const found = told.map(({ text }) => text).join('\n')
  if (worst.level === 'info') return [ok(id, title, found)]
  const trouble = { found, meaning: MEANING[worst.code], remedy: told.map(({ remedy }) => remedy).join('\n') }
  return [worst.level === 'fail' ? fail(id, title, trouble) : warn(id, title, trouble)]
}

const MEANING: Readonly<Record<NoticeCode, string>> = {
  'never-heard': 'what it watches can break without anybody hearing of it',
  silent: 'what it watches may break, or have broken, without anybody hearing of it',
  distrusted: 'if these are its own alarms, nobody is paged for them',
  faults: 'people are paged with what could be read, which may be little',
  unsigned: 'whoever knows a key can raise false alarms',
  'secret-unreadable': 'every alarm of it arrives as "cannot be checked", whatever it says',
  'observed-long': 'its alarms wake nobody',
  'subscription-unconfirmed': 'its alarms do not arrive',
  'certificate-missing': 'alerts do not end by themselves, and nobody knows whether they are real',
  forged: 'somebody sends in its name',
  'no-key': 'its alarms are refused',
  'team-unknown': 'its alarms page the organisation instead of that team',
  'key-ending': 'then that sender’s alarms are refused',
}
