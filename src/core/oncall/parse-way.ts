/** From a person's channels and quiet hours as people write them to ways with waits, and stretches of the week. */
import { formatDuration, parseDuration } from '../playbook/duration.ts'
import type { Path, Report } from '../playbook/finding.ts'
import { error } from './parse-kit.ts'
import { readWindows } from './parse-window.ts'
import type { WindowFile } from './schedule-schema.ts'
import type { OnCallFile } from './schema.ts'
import { WAY_WAIT_MS_MAX, type Way } from './way.ts'
import { coverWeek, type WeekSpan } from './week.ts'

type ChannelFile = NonNullable<NonNullable<OnCallFile['people']>[number]['channels']>[number]

/** `sms`; `{ by: sms, after: 2 min, urgency: high }`; `{ webhook: ops }`. */
export function readWay(written: ChannelFile, path: Path, report: Report): Way {
  if (typeof written === 'string') return { channel: written, afterMs: 0, urgency: null }
  const channel = 'by' in written ? written.by : `webhook:${written.webhook}`
  return { channel, afterMs: readWait(written.after, [...path, 'after'], report), urgency: written.urgency ?? null }
}

function readWait(text: string | undefined, path: Path, report: Report): number {
  if (text === undefined) return 0
  const reading = parseDuration(text)
  if (reading.kind === 'unclear') error(report, 'unclear-duration', path, reading.message, reading.fix)
  else if (reading.ms > WAY_WAIT_MS_MAX) {
    const longest = formatDuration(WAY_WAIT_MS_MAX)
    error(
      report,
      'too-big',
      path,
      `A channel waits ${longest} at most.`,
      `Write ${longest} or less, or leave the channel to another urgency.`,
    )
  }
  return reading.kind === 'unclear' ? 0 : Math.min(reading.ms, WAY_WAIT_MS_MAX)
}

/** Null: they say nothing that can be kept. */
export function buildQuiet(files: readonly WindowFile[], path: Path, report: Report): readonly WeekSpan[] | null {
  const spans = readWindows(files, path, report)
  if (!coverWeek(spans)) return spans.length === 0 ? null : spans
  error(
    report,
    'quiet-whole-week',
    path,
    'These quiet hours are the whole week: they never end.',
    'Leave hours in which this person can be paged.',
  )
  return null
}
