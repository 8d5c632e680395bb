/**
 * Faults made of faults. A swarm and a byzantine minority are lists of other faults, drawn or fixed
 * (`expandNemesis`, done before a run is set up, so that the record lists the parts); the others
 * act on many machines, or on all phones, at once.
 */

import { createSeedTree } from '@priolab/crypto';
import { DAY_MS } from '@priolab/roles';

import { faults as catalogue } from '../../faults/catalogue.ts';
import type { FaultId } from '../../faults/catalogue.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { FaultContext, Inject } from '../fault.ts';
import type { Expanded, FaultOrPart } from '../settings.ts';
import { HOUR_MS, atItsTime, crashFor, stepAfter } from './acting.ts';
import { demonstrations } from './demonstrations.ts';
import { madeMs } from './device-stages.ts';
import { count, duration } from './parameters.ts';

type Item = Scenario['nemesis'][number];

/** Who attacks in a byzantine minority, in equal parts. */
const MINORITY = [
  'cli.forge',
  'cli.out_of_range',
  'cli.inconsistent',
  'cli.noncanonical',
  'cli.undecryptable',
  'cli.multi_hot',
] as const satisfies readonly FaultId[];

/** The scenario with the parts of its composite faults beside them. */
export function expandNemesis(scenario: Scenario): Expanded {
  const parts = scenario.nemesis.flatMap((item, index) =>
    partsOf(scenario, item, index).map((part): FaultOrPart => ({ ...part, partOf: index })),
  );
  return parts.length === 0 ? scenario : { ...scenario, nemesis: [...scenario.nemesis, ...parts] };
}

/** When a fault may strike, as its scenario says. */
function spanOf({ from, until, phase }: Item): Pick<Item, 'from' | 'until' | 'phase'> {
  return { from, until, phase };
}

/** What it waits for, and when it is healed: for its parts as well. */
function limitsOf({ when, heal }: Item): Pick<Item, 'when' | 'heal'> {
  return { when, heal };
}

function partsOf(scenario: Scenario, item: Item, index: number): Item[] {
  const number = (name: string, byDefault: number): number => {
    const value = item.params[name];
    return typeof value === 'number' ? value : byDefault;
  };
  if (item.id === 'nem.byzantine_minority') {
    const p = number('share', 0.05) / MINORITY.length;
    return MINORITY.map((id) => ({
      ...spanOf(item),
      ...limitsOf(item),
      id,
      p,
      fires: 0,
      params: {},
    }));
  }
  if (item.id !== 'nem.swarm') return [];
  const of = typeof item.params['of'] === 'string' ? item.params['of'] : 'recoverable';
  const candidates = (Object.keys(demonstrations) as FaultId[]).filter(
    (id) => isDrawn(id, of) && hasNeeds(id, scenario),
  );
  const atLeast = number('atLeast', 1);
  const atMost = Math.max(atLeast, number('atMost', 4));
  const draws = drawsOf(scenario, index);
  const size = atLeast + (draws() % (atMost - atLeast + 1));
  const drawn = new Set<FaultId>();
  for (let tries = 0; drawn.size < size && tries < 100; tries++) {
    const id = candidates[draws() % candidates.length]!;
    if (![...drawn].some((other) => inEachOthersWay(other, id))) drawn.add(id);
  }
  // As in their demonstrations; whether all of them find an occasion is no matter here.
  return [...drawn].flatMap((id) =>
    demonstrations[id]!.nemesis.map((one) => {
      const hasOwnTime = (one.from ?? one.until ?? one.phase) !== undefined;
      const span = hasOwnTime ? {} : spanOf(item);
      return { params: {}, ...span, ...limitsOf(item), ...one, fires: 0 } as Item;
    }),
  );
}

/**
 * Of faults that cost something, or that somebody must notice, a swarm has one at a time, beside
 * any number of those that must leave no trace: what becomes of a report that two of them struck is
 * what neither of them says. Nor two that `APART` names.
 */
function inEachOthersWay(a: FaultId, b: FaultId): boolean {
  const isApart = APART.some((set) => set.includes(a) && set.includes(b));
  return a === b || isApart || !(isTraceless(a) || isTraceless(b));
}

/** Sets of which a swarm draws one at most. */
export const APART: readonly (readonly FaultId[])[] = [
  // Their slownesses multiply: no lease outlives that.
  ['sto.slow', 'proc.slow'],
  // A copy keeps the time that its original no longer bears.
  ['cli.backdate', 'dev.retry_same'],
  ['cli.postdate', 'dev.retry_same'],
  ['dev.clock_skew', 'dev.retry_same'],
  // A part that is repaired in time is late all the same: its batch comes in pieces.
  ['ing.late_batch', 'ing.partial_write'],
  // Who knows r lets a cheat through that must not get through alone.
  ['ing.rpit_known', 'cli.out_of_range'],
  ['ing.rpit_known', 'cli.forge'],
];

function isTraceless(id: FaultId): boolean {
  return catalogue[id].outcome.every((one) => one === 'recover' || one === 'prevent');
}

/** Uniform numbers of this scenario's seed, one after the other. */
function drawsOf({ seed }: Scenario, index: number): () => number {
  const branch = createSeedTree(String(seed)).child('simulation', 'swarm', String(index));
  let next = 0;
  return () => Buffer.from(branch.bytes(next++, 16)).readUInt32LE(0);
}

function isDrawn(id: FaultId, of: string): boolean {
  if (id.startsWith('nem.')) return false;
  const { outcome } = catalogue[id];
  switch (of) {
    case 'recoverable':
      return isTraceless(id);
    case 'detectable':
      return outcome.includes('detect');
    default:
      return true;
  }
}

function hasNeeds(id: FaultId, { population, services }: Scenario): boolean {
  const { needs = {} } = catalogue[id];
  const { replicas = 1, workers = 1, states = 1, rotation, withoutEnpa } = needs;
  const days = demonstrations[id]?.population?.days ?? needs.days ?? 1;
  const stateCount = Array.isArray(population.states)
    ? population.states.length
    : Object.keys(population.states).length;
  return (
    services.ingestion.replicas >= replicas &&
    services.processors.workers >= workers &&
    population.days >= days &&
    stateCount >= states &&
    (withoutEnpa !== true || Object.values(population.enabled ?? {}).some((one) => one !== true)) &&
    (rotation !== true || services.keys.rotateEvery !== false)
  );
}

/** Its parts act, and what they strike is counted for it (`strikes.ts`). */
const parts: Inject = () => {};

/** All machines, in an order of the fault's own. */
function shuffled(context: FaultContext): string[] {
  return [...context.machines.keys()].sort(
    (a, b) => context.draw(`place of ${a}`) - context.draw(`place of ${b}`),
  );
}

/** Random machines are cut off one by one and come back in another order. */
const swizzle: Inject = (context) => {
  const lastsMs = duration(context.item, 'duration', '4h');
  atItsTime(context, 6 * HOUR_MS, () => {
    const names = shuffled(context).slice(0, Math.ceil(context.machines.size / 2));
    names.forEach((name, i) => {
      const leaveMs = (i * lastsMs) / (2 * names.length);
      const awayMs = lastsMs / 4 + (context.draw(`away ${name}`) % (lastsMs / 2));
      stepAfter(context, leaveMs, () => {
        context.strike({ what: `${name} is away for ${awayMs} ms` });
        crashFor(context, name, awayMs);
      });
    });
  });
};

/**
 * All machines are stopped and started, one after the other; processors come back with a program
 * that speaks a further version, which they use once both have come back.
 */
const rollingUpgrade: Inject = (context) => {
  const pauseMs = duration(context.item, 'pause', '15m');
  const upgraded = new Set<string>();
  context.hooks.desk.push((desk, { role }) => ({
    ...desk,
    versions: () => (upgraded.has(`processor/${role}`) ? [...desk.versions(), 2] : desk.versions()),
  }));
  atItsTime(context, 6 * HOUR_MS, () => {
    [...context.machines.keys()].forEach((name, i) => {
      stepAfter(context, i * pauseMs, () => {
        context.strike({ what: `${name} starts anew` });
        crashFor(context, name, pauseMs / 2);
        upgraded.add(name);
      });
    });
  });
};

/** One vendor's servers and one processor are in the place that is gone. */
const regionLoss: Inject = (context) => {
  const lastsMs = duration(context.item, 'duration', '4h');
  atItsTime(context, 6 * HOUR_MS, () => {
    const gone = [...context.machines.keys()].filter(
      (name) => name.startsWith('ingestion/apple') || name === 'processor/leader',
    );
    for (const name of gone) {
      context.strike({ what: `${name} is gone` });
      crashFor(context, name, lastsMs);
    }
  });
};

/** All phones send within minutes, with the keys that were current some hours ago. */
const launchDay: Inject = (context) => {
  const withinMs = duration(context.item, 'within', '10m');
  const { phones } = context.hooks;
  phones.measured.push(({ timesMs, count: size, day }, { firstReport }) => {
    if (!context.isOn(day * DAY_MS + 9 * HOUR_MS)) return;
    for (let i = 0; i < size; i++) {
      timesMs[i] = 9 * HOUR_MS + (context.draw(`moment ${day} ${i}`) % withinMs);
    }
    const seenIn = Array.from({ length: size }, (_, i) => firstReport + i);
    context.strike({ what: `${size} phones send within ${withinMs} ms`, seenIn });
  });
  phones.keys.push((keys, { fetchedMs }) =>
    context.isOn(fetchedMs + 9 * HOUR_MS)
      ? context.parties.publicKeysAt(fetchedMs - 6 * HOUR_MS)
      : keys,
  );
};

/** In one state many times as many have something to report. */
const outbreak: Inject = (context) => {
  const factor = count(context.item, 'factor', 10);
  const usual = 0.05;
  context.hooks.phones.measured.push((block, { shard, metricSlot, firstReport }) => {
    const { bits, count: size, task } = block;
    const [first] = context.parties.tasks.values();
    const { bins } = task.metric;
    if (task.state !== first!.state || bins < 2) return;
    const changed: number[] = [];
    for (let i = 0; i < size; i++) {
      const key = `ill ${shard.index} ${metricSlot} ${block.devices[i]}`;
      const isStruck = context.draw(key) < Math.min(1, factor * usual) * 2 ** 32;
      if (bits[i * bins] !== 1 || !isStruck || !context.isOn(madeMs(block, i))) continue;
      bits[i * bins] = 0;
      bits[i * bins + 1] = 1;
      changed.push(firstReport + i);
    }
    if (changed.length === 0) return;
    context.strike({ what: `${changed.length} more cases in ${task.state}`, seenIn: changed });
  });
};

export const compositeFaultCode: Readonly<Record<string, Inject>> = {
  'nem.swarm': parts,
  'nem.byzantine_minority': parts,
  'nem.swizzle': swizzle,
  'nem.rolling_upgrade': rollingUpgrade,
  'nem.region_loss': regionLoss,
  'nem.launch_day': launchDay,
  'nem.outbreak': outbreak,
};
