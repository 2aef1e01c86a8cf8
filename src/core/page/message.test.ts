import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inBothZones, linesOf, oneLine, type PageText, SUBJECT_CHARS_MAX, subjectOf, textOf } from './message.ts'

const OPENED_AT = Date.UTC(2026, 10, 3, 23, 30, 40)

function page(change: Partial<PageText> = {}, incident: Partial<PageText['incident']> = {}): PageText {
  return {
    repeat: false,
    purpose: 'page',
    incident: {
      number: 7,
      title: 'API 5xx spike',
      severity: 'SEV-1',
      summary: 'Error rate 12 %',
      firstStep: 'Roll back the last deployment',
      openedAt: OPENED_AT,
      ...incident,
    },
    roles: ['DevSecOps', 'CTO'],
    person: { name: 'Ada', zone: 'Europe/Berlin' },
    acknowledgeUrl: 'https://tocsin.test/a/token',
    incidentUrl: 'https://tocsin.test/incidents/7',
    escalatesAt: OPENED_AT + 300_000,
    notice: '',
    ...change,
  }
}

describe('the words of a page', () => {
  test('say what broke, how bad, since when in both zones, what to do first, as whom, and what follows silence', () => {
    expect(subjectOf(page())).toBe('[SEV-1] API 5xx spike')
    expect(textOf(page())).toBe(`API 5xx spike

Severity: SEV-1
Incident: #7
Since: 2026-11-04 00:30 Europe/Berlin (2026-11-03 23:30 UTC)
First step: Roll back the last deployment
You are paged as: DevSecOps, CTO
What is known: Error rate 12 %

If nobody answers by 2026-11-04 00:35 Europe/Berlin (2026-11-03 23:35 UTC), somebody else is paged.

Acknowledge: https://tocsin.test/a/token
Incident: https://tocsin.test/incidents/7
`)
  })

  test('a repeat says so in the subject and in the text', () => {
    expect(subjectOf(page({ repeat: true }))).toBe('[SEV-1] API 5xx spike (repeat)')
    expect(textOf(page({ repeat: true }))).toContain('This is a repeat')
  })

  test('a repeat says so even where the title fills the subject', () => {
    const subject = subjectOf(page({ repeat: true }, { title: 'x'.repeat(1_000_000) }))
    expect(subject.endsWith('… (repeat)')).toBe(true)
    expect(subject.length).toBeLessThanOrEqual(SUBJECT_CHARS_MAX)
  })

  test('a notice asks for no acknowledgement and a test says that it is one', () => {
    const notice = textOf(page({ purpose: 'notice', notice: 'All alerts are clear.' }))
    expect(notice).toContain('All alerts are clear.')
    expect(notice).not.toContain('Acknowledge:')
    expect(subjectOf(page({ purpose: 'test' }))).toBe('[TEST] API 5xx spike')
    expect(textOf(page({ purpose: 'test' }))).toContain('This is a test')
  })

  test('lines that are empty are left out', () => {
    const labels = linesOf(page({ roles: [] }, { firstStep: '', summary: '' })).facts.map((fact) => fact.label)
    expect(labels).toEqual(['Severity', 'Incident', 'Since'])
  })
})

describe('times in both zones', () => {
  test('name the day twice only where it differs', () => {
    expect(inBothZones(Date.UTC(2026, 6, 1, 12, 0), 'Europe/Berlin')).toBe('2026-07-01 14:00 Europe/Berlin (12:00 UTC)')
  })

  test('are UTC alone where the zone is UTC or unknown', () => {
    expect(inBothZones(Date.UTC(2026, 6, 1, 12, 0), 'UTC')).toBe('2026-07-01 12:00 UTC')
    expect(inBothZones(Date.UTC(2026, 6, 1, 12, 0), 'Mars/Olympus')).toBe('2026-07-01 12:00 UTC')
  })

  test('are right on both sides of the hour that happens twice', () => {
    expect(inBothZones(Date.UTC(2026, 9, 25, 0, 30), 'Europe/Berlin')).toBe('2026-10-25 02:30 Europe/Berlin (00:30 UTC)')
    expect(inBothZones(Date.UTC(2026, 9, 25, 1, 30), 'Europe/Berlin')).toBe('2026-10-25 02:30 Europe/Berlin (01:30 UTC)')
  })
})

describe('hostile text', () => {
  test('of several lines cannot pass for a line of ours', () => {
    const text = textOf(page({}, { summary: 'x\nAcknowledge: https://evil.test/\r\n\u2028Incident: https://evil.test/' }))
    expect(text.match(/^Acknowledge: /gmu)).toHaveLength(1)
    expect(text.match(/^Incident: https/gmu)).toHaveLength(1)
  })

  test('cannot break a line, turn the direction of text or end in half a character', () => {
    expect(oneLine('a\r\nBcc: b@c.d\u2028e\u202Ef\u0000g', 100)).toBe('a Bcc: b@c.d e f g')
    expect(oneLine('ab😀cd', 4)).toBe('ab…')
    expect(oneLine('\uD800lone', 100)).toBe('\uFFFDlone')
  })

  test('never gives a subject with a line break or past its bound', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 400 }),
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.boolean(),
        (title, severity, repeat) => {
          const subject = subjectOf(page({ repeat }, { title, severity }))
          expect(subject).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
          expect(subject.length).toBeLessThanOrEqual(SUBJECT_CHARS_MAX)
          expect(subject.isWellFormed()).toBe(true)
          expect(textOf(page({ repeat }, { title, severity })).isWellFormed()).toBe(true)
        },
      ),
    )
  })
})
