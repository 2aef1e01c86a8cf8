/** Who learns: on a shadow layer, told and never paged. */
import type { Instant } from '../time.ts'
import { layerAt } from './layer.ts'
import type { Holder, Schedule } from './oncall.ts'
import { toInstant } from './zone-clock.ts'

export function shadowsAt({ layers, replacements = [], zone }: Schedule, instant: Instant): readonly Holder[] {
  const replaced = replacements.find((one) => toInstant(one.fromWallMs, zone) <= instant && instant < toInstant(one.untilWallMs, zone))
  const inForce = replaced?.layers ?? layers
  return [...new Set(inForce.flatMap((layer) => (layer.shadow === true ? layerAt(layer, zone, instant).holders : [])))]
}
