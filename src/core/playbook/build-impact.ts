/** Thresholds of the matrix and what a type's signals measure: from the texts of the file to values with units. */
import type { Path, Report } from './finding.ts'
import { parseImpactThreshold } from './impact-threshold.ts'
import { expectedUnit, isImpossible, MEASURE_NAME, UNIT_WORDS } from './measure.ts'
import type { ImpactThreshold, SignalMeasure, Threshold } from './playbook.ts'
import type { MeasureUnit } from './quantity.ts'
import { findNearest, normalizeName } from './text.ts'

export function buildThresholds(
  file: Readonly<Record<string, string | readonly string[]>> | undefined,
  path: Path,
  report: Report,
): ImpactThreshold[] {
  return Object.entries(file ?? {}).flatMap(([measure, written]) => {
    const texts = typeof written === 'string' ? [written] : written
    const at = (index: number): Path => (typeof written === 'string' ? [...path, measure] : [...path, measure, index])
    if (texts.length === 0)
      report({
        code: 'empty',
        severity: 'error',
        path: at(0),
        message: 'A threshold must stand here.',
        fix: 'Write one, or remove the key.',
      })
    if (!checkName(measure, [...path, measure], report)) return []
    return texts.flatMap((text, index) => buildThreshold(measure, text, at(index), report))
  })
}

function checkName(measure: string, path: Path, report: Report): boolean {
  if (MEASURE_NAME.test(measure)) return true
  const wanted = measure
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^[^a-z]+|_+$/g, '')
  const fix = MEASURE_NAME.test(wanted) ? `Write "${wanted}".` : 'Write a name of small letters, digits and underscores.'
  report({ code: 'unclear-measure', severity: 'error', path, atKey: true, message: `"${measure}" cannot be the name of a measure.`, fix })
  return false
}

function buildThreshold(measure: string, text: string, path: Path, report: Report): ImpactThreshold[] {
  const reading = parseImpactThreshold(text)
  if (reading.kind === 'unclear') {
    report({ code: 'unclear-threshold', severity: 'error', path, message: reading.message, fix: reading.fix })
    return []
  }
  const { unit, bounds } = reading.threshold
  if (!checkUnit(measure, { unit, first: bounds[0], text }, path, report)) return []
  if (bounds.some(({ bound }) => isImpossible(measure, { value: bound, unit })) || isEmpty(bounds)) {
    const message = `No value of ${measure} can meet "${text}".`
    report({ code: 'threshold-impossible', severity: 'error', path, message, fix: 'Correct the numbers.' })
  }
  return [{ measure, ...reading.threshold, path: path.join('.') }]
}

/** A bare number for a share or a time can be read in two ways; a unit of another kind is a mistake. */
function checkUnit(
  measure: string,
  { unit, first, text }: { readonly unit: MeasureUnit; readonly first: Threshold | undefined; readonly text: string },
  path: Path,
  report: Report,
): boolean {
  const expected = expectedUnit(measure)
  if (expected === null || expected === unit) return true
  const { comparison = '>', bound = 0 } = first ?? {}
  if (unit !== 'number') {
    const message = `"${text}" is ${UNIT_WORDS[unit]}; ${measure} is ${UNIT_WORDS[expected]}.`
    report({
      code: 'wrong-unit',
      severity: 'error',
      path,
      message,
      fix: expected === '%' ? 'Write per cent.' : 'Write a time, such as "> 4 s".',
    })
    return false
  }
  const share = `"${comparison} ${bound} %"${bound <= 1 ? ` or "${comparison} ${Number((bound * 100).toPrecision(12))} %"` : ''}`
  const fix = expected === '%' ? `Write ${share}.` : `Write "${comparison} ${bound} s" or "${comparison} ${bound} ms".`
  report({ code: 'unclear-threshold', severity: 'error', path, message: `"${text}" has no unit.`, fix })
  return false
}

/** Two bounds with nothing between them. */
function isEmpty(bounds: readonly Threshold[]): boolean {
  const lower = bounds.filter(({ comparison }) => comparison.startsWith('>'))
  const upper = bounds.filter(({ comparison }) => comparison.startsWith('<'))
  return lower.some((low) =>
    upper.some((high) => low.bound > high.bound || (low.bound === high.bound && (low.comparison === '>' || high.comparison === '<'))),
  )
}

const SIGNAL_UNITS: Readonly<Record<string, Pick<SignalMeasure, 'unit' | 'factor'>>> = {
  '%': { unit: '%', factor: 1 },
  percent: { unit: '%', factor: 1 },
  share: { unit: '%', factor: 100 },
  ms: { unit: 'ms', factor: 1 },
  s: { unit: 'ms', factor: 1_000 },
  min: { unit: 'ms', factor: 60_000 },
}

/** `error_rate in %`, `error_rate as share`, `latency_p95 in ms`, `queue_depth`. Null after a finding. */
export function buildSignalMeasure(text: string | undefined, path: Path, report: Report): SignalMeasure | null {
  if (text === undefined) return null
  const [, measure = '', word] = /^(.+?)(?: (?:in|as) (?:an? )?(\S+))?$/i.exec(normalizeName(text)) ?? []
  const add = (code: 'unclear-measure' | 'wrong-unit', message: string, fix: string): null => {
    report({ code, severity: 'error', path, message, fix })
    return null
  }
  if (!MEASURE_NAME.test(measure))
    return add('unclear-measure', `"${text}" does not name a measure.`, 'Write "error_rate in %", for example.')
  const expected = expectedUnit(measure)
  if (word === undefined) {
    if (expected === null || expected === 'number') return { measure, unit: 'number', factor: 1 }
    const fix =
      expected === '%' ? `Write "${measure} in %", or "${measure} as share" for 0 to 1.` : `Write "${measure} in ms" or "${measure} in s".`
    return add('unclear-measure', `The unit in which signals send ${measure} is not said.`, fix)
  }
  const unit = Object.hasOwn(SIGNAL_UNITS, word.toLowerCase()) ? SIGNAL_UNITS[word.toLowerCase()] : undefined
  if (unit === undefined) {
    const nearest = findNearest(word, Object.keys(SIGNAL_UNITS))
    return add(
      'unclear-measure',
      `"${word}" is not a unit of signals.`,
      nearest === null ? 'Use one of %, share, ms, s, min.' : `Did you mean ${nearest}?`,
    )
  }
  if (expected !== null && expected !== unit.unit)
    return add('wrong-unit', `"${word}" is ${UNIT_WORDS[unit.unit]}; ${measure} is ${UNIT_WORDS[expected]}.`, 'Correct one of the two.')
  return { measure, ...unit }
}
