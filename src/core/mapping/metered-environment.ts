/**
 * The CEL environment of mappings: that of conditions, with every function call and every turn of a loop paid for before it
 * runs. The library has neither a limit nor a hook of its own (0.6.1, read 2026-11-24); what it plans with are the functions
 * that are handed to it, so those count.
 */
import { type CelEnv, celError, type CelList, celList, type CelValue, isCelList, isCelMap } from '@bufbuild/cel'
import { celEnvironment } from '../playbook/cel-environment.ts'
import { TURN } from './metered-tree.ts'
import { type Meter, stepsOfText } from './meter.ts'
import { compilePattern, stepsOfPattern } from './pattern.ts'

type FuncGroup = NonNullable<ReturnType<CelEnv['funcs']['find']>>
type Call = FuncGroup['call']

/** Whoever evaluates is alone: evaluating is synchronous. */
let meter: Meter | null = null

/** Runs with that meter. @throws {TooCostly} */
export function withMeter<T>(running: Meter, run: () => T): T {
  const before = meter
  meter = running
  try {
    return run()
  } finally {
    meter = before
  }
}

function spend(steps: number): void {
  meter?.spend(steps)
}

/** What stands in place of the library's own, or pays more than its arguments' size. */
const SPECIAL: Readonly<Record<string, (call: Call) => Call>> = {
  [TURN]: () => (_id, _target, args) => {
    spend(Number(args[1]))
    return args[0]
  },
  '_+_': (call) => (id, target, args) => {
    const [left, right] = args
    if (!isCelList(left) || !isCelList(right)) return paid('_+_', call)(id, target, args)
    return joinLists(left, right)
  },
  '_==_': (call) => (id, target, args) => {
    spendOnComparing(args[0])
    return call(id, target, args)
  },
  '_!=_': (call) => (id, target, args) => {
    spendOnComparing(args[0])
    return call(id, target, args)
  },
  '@in': (call) => (id, target, args) => {
    const [item, list] = args
    if (isCelList(list)) spend(1 + list.size * 2)
    if (isCelList(list)) spendOnComparing(typeof item === 'object' && item !== null ? list : item, list.size)
    return call(id, target, args)
  },
  matches: (call) => (id, target, args) => {
    const [pattern] = args
    if (typeof target !== 'string' || typeof pattern !== 'string' || args.length !== 1) return call(id, target, args)
    const compiled = compilePattern(pattern)
    if (typeof compiled === 'string') return celError(compiled, id)
    spend(stepsOfPattern(compiled, target))
    return compiled.find(target)
  },
}

/** How often, or how slowly, a function goes over its texts; else once. */
const SLOWNESS: Readonly<Record<string, number>> = { size: 16, contains: 8, trim: 16, lowerAscii: 8, upperAscii: 8, int: 16, double: 16 }

function paid(name: string, call: Call): Call {
  const slowness = SLOWNESS[name] ?? 1
  return (id, target, args) => {
    let steps = 1
    for (const value of [target, ...args]) if (typeof value === 'string') steps += stepsOfText(value, slowness)
    spend(steps)
    return call(id, target, args)
  }
}

/** As many steps as there are values in it: comparing ends where the smaller side does. */
function spendOnComparing(value: CelValue | undefined, times = 1): void {
  spend(times)
  if (typeof value === 'string') spend(stepsOfText(value) * times)
  else if (isCelList(value)) for (const item of value) spendOnComparing(item, times)
  else if (isCelMap(value)) for (const item of value.values()) spendOnComparing(item, times)
}

/** The library chains lists that are joined, so that one built in a loop costs its length squared to read. */
const arrays = new WeakMap<CelList, readonly CelValue[]>()

function joinLists(left: CelList, right: CelList): CelList {
  const array = itemsOf(left).concat(itemsOf(right))
  spend(1 + Math.ceil(array.length / ITEMS_COPIED_PER_STEP))
  const joined = celList(array)
  arrays.set(joined, array)
  return joined
}
/** Of an array; a list of the message is gone over item by item, each a step. */
const ITEMS_COPIED_PER_STEP = 16

function itemsOf(list: CelList): readonly CelValue[] {
  const known = arrays.get(list)
  if (known !== undefined) return known
  spend(list.size)
  return [...list]
}

const groups = new Map<string, FuncGroup>()

function meterGroup(name: string, group: FuncGroup | undefined): FuncGroup | undefined {
  const special = SPECIAL[name]
  if (group === undefined && name !== TURN) return undefined
  const known = groups.get(name)
  if (known !== undefined) return known
  const call: Call = group === undefined ? () => undefined : (id, target, args) => group.call(id, target, args)
  const metered: FuncGroup = {
    name,
    [Symbol.iterator]: function* iterate() {
      if (group !== undefined) yield* group
    },
    call: special === undefined ? paid(name, call) : special(call),
  }
  groups.set(name, metered)
  return metered
}

const functions = new Proxy(celEnvironment.funcs, {
  get: (target, name, receiver) =>
    name === 'find' ? (wanted: string) => meterGroup(wanted, target.find(wanted)) : (Reflect.get(target, name, receiver) as unknown),
})

export const meteredEnvironment: CelEnv = new Proxy(celEnvironment, {
  get: (target, name, receiver) => (name === 'funcs' ? functions : (Reflect.get(target, name, receiver) as unknown)),
})
