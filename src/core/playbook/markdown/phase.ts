/** Phases of the engine by the words that documents use for them; NIST's, Google's and ITIL's among them. */
import { simplify } from './vocabulary.ts'

export type LifecyclePhase = 'detected' | 'triaged' | 'mitigating' | 'communication' | 'resolved' | 'reviewed' | 'closed'

const PHASES: readonly (readonly [LifecyclePhase, RegExp])[] = [
  [
    'reviewed',
    /\b(post ?mortem|review|retrospective|learn(ing|ed)?|lessons|write (it )?up|retro|post incident|follow ?up|analysis after|improve(ment)?)\b/,
  ],
  ['communication', /\b(communicat\w*|comms|inform|notify stakeholders|updates?)\b/],
  [
    'detected',
    /\b(detect(ion|ed|ing)?|identif(y|ication|ied)|alert(ing|ed)?|discover(y|ed)?|report(ed|ing)?|notice|recogni[sz]e|open(ed)?|declare[d]?|logging)\b/,
  ],
  [
    'triaged',
    /\b(triag(e|ed|ing)|assess(ment|ed)?|classif(y|ication|ied)|categori[sz]ation|prioriti[sz]ation|prioriti[sz]e|analy(sis|[sz]e)|diagnos(e|is)|investigat\w*|evaluate|assign(ed|ment)?)\b/,
  ],
  ['mitigating', /\b(mitigat\w*|contain(ment|ed)?|eradicat\w*|respon(d|se)|stabili[sz]e|remediat\w*|fix(ing)?|escalat\w*|act(ion)?)\b/],
  ['resolved', /\b(resol(ve|ved|ution)|recover(y|ed)?|restor(e|ed|ation)|verify|verification)\b/],
  ['closed', /\b(clos(e|ed|ure|ing)|archive[d]?)\b/],
]

/** Null: "Preparation" is no phase of an incident. */
export function phaseOf(title: string): LifecyclePhase | null {
  const simple = simplify(title)
  return PHASES.find(([, pattern]) => pattern.test(simple))?.[0] ?? null
}
