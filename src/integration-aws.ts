/**
 * What all messages of AWS share: resource names, their labels, and addresses of the console.
 * Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html, console addresses as CloudWatch's own mails link
 * them (read 2026-11-24).
 */
import { toLabels } from './core/alert/build.ts'
import { isObject, type JsonObject } from './core/alert/json.ts'
import type { Signal } from './core/alert/signal.ts'

export interface Arn {
  readonly partition: string
  readonly service: string
  /** Such as `us-east-1`; empty for global resources. */
  readonly region: string
  readonly account: string
  /** All after the account, with its colons. */
  readonly resource: string
}

const ARN_CHARS_MAX = 2_048

/** @returns null for what is no resource name */
export function parseArn(text: string | null): Arn | null {
  if (text === null || text.length > ARN_CHARS_MAX) return null
  const [arn, partition, service, region, account, ...rest] = text.split(':')
  if (arn !== 'arn' || !partition || !service || region === undefined || account === undefined || rest.length === 0) return null
  return { partition, service, region, account, resource: rest.join(':') }
}

/** A region's code, as addresses are made of it; anything else makes no address. */
const REGION = /^[a-z]{2}(?:-[a-z]+){1,3}-\d{1,2}$/

/** Where people look at it: a page of the console in that region; null where the region is not one. */
export function consoleUrl(region: string, path: string): string | null {
  if (!REGION.test(region)) return null
  if (region.startsWith('cn-')) return `https://${region}.console.amazonaws.cn/${path}`
  if (region.startsWith('us-gov-')) return `https://console.amazonaws-us-gov.com/${path}`
  return `https://${region}.console.aws.amazon.com/${path}`
}

/** Page of one CloudWatch alarm. */
export function alarmUrl(region: string, alarmName: string): string | null {
  return consoleUrl(region, `cloudwatch/home?region=${region}#alarmsV2:alarm/${encodeText(alarmName)}`)
}

/** Lone surrogates, which `encodeURIComponent` throws on, become U+FFFD first. */
function encodeText(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

/** Labels from several places; of one name the first counts, and what is null or empty is left out. */
export function joinLabels(...sources: readonly (JsonObject | Readonly<Record<string, string | null>>)[]): Signal['labels'] {
  const joined: Record<string, unknown> = {}
  for (const source of sources) {
    for (const [name, value] of Object.entries(source)) {
      if (name !== '' && name !== '__proto__' && value !== null && value !== '' && !Object.hasOwn(joined, name)) joined[name] = value
    }
  }
  return toLabels(joined)
}

/** Tags as AWS writes them: an object, or a list of `{key, value}` in either case. */
export function readTags(tags: unknown): Record<string, string> {
  if (!Array.isArray(tags)) return toLabels(tags)
  const pairs = tags
    .filter(isObject)
    .map((tag): [unknown, unknown] => [tag['key'] ?? tag['Key'] ?? tag['name'], tag['value'] ?? tag['Value']])
  return toLabels(Object.fromEntries(pairs.filter(([name]) => typeof name === 'string')))
}

/** How bad its owner says it is, in a tag. */
export function hintOfTags(tags: Readonly<Record<string, string>>): string | null {
  const found = Object.entries(tags).find(([name]) => /^(?:severity|priority|sev)$/i.test(name))
  return found?.[1] ?? null
}

const URL_IN_TEXT = /https?:\/\/[^\s<>"'`)\]]{1,2000}/gi
const LINKS_OF_TEXT_MAX = 3

/** Addresses in a description: runbooks are kept there. */
export function linksInText(text: string | null): (readonly [href: string, text: string])[] {
  const found = (text ?? '').slice(0, 8_192).match(URL_IN_TEXT) ?? []
  return [...new Set(found)].slice(0, LINKS_OF_TEXT_MAX).map((href) => [href.replace(/[.,;:]+$/, ''), 'From the description'] as const)
}
