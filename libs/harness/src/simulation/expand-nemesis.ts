/**
 * Composite faults as what they are made of: each is expanded, by the run's seed, into parts that
 * are faults of their own, with their own times and places, so that the record lists them. What a
 * part does, its composite has done (`strikes.ts`).
 */

import type { SeedBranch } from '@priolab/crypto';

import { adversaryIds } from '../adversary/catalogue.ts';
import { faultIds, faults } from '../faults/catalogue.ts';
import type { FaultId } from '../faults/catalogue.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { faultNeedProblems } from '../scenario/fault-problems.ts';
import { faultCode } from './faults/registry.ts';
import { count, duration, word } from './faults/parameters.ts';
import type { NemesisItem } from './settings.ts';

const MINUTE_MS = 60_000;

interface Expansion {
  readonly item: NemesisItem;
  readonly scenario: Scenario;
  /** A uniform 32-bit number for `key`. */
  readonly draw: (key: string) => number;
}

/** What a part says of itself; the rest is as its composite says. */
type Part = Partial<NemesisItem> & Pick<NemesisItem, 'id'>;

/** The parts of a composite; none for any other fault. */
export function expandNemesis(
  item: NemesisItem,
  scenario: Scenario,
  randomness: SeedBranch,
): NemesisItem[] {
  const expand = Object.hasOwn(composites, item.id)
    ? composites[item.id as keyof typeof composites]
    : undefined;
  if (expand === undefined) return [];
  const draw = (key: string): number => {
    const [a, b, c, d] = randomness.child(item.id, key.replaceAll('/', '|')).bytes(0, 16);
    return ((a! << 24) | (b! << 16) | (c! << 8) | d!) >>> 0;
  };
  const whole = { ...item, p: 1, dose: Infinity, fires: 1, params: {} };
  return expand({ item, scenario, draw }).map((part) => {
    const untilMs = Math.min(item.untilMs, part.untilMs ?? Infinity);
    return { ...whole, ...part, untilMs };
  });
}

/** Names of the machines of a deployment. */
function nodesOf({ services, population }: Scenario): string[] {
  const vendors = (['apple', 'google'] as const).filter((one) => population.vendors[one] > 0);
  const replicas = Array.from({ length: services.ingestion.replicas }, (_, i) => i);
  return [
    ...vendors.flatMap((vendor) => [
      ...replicas.map((i) => `ingestion/${vendor}/${i}`),
      `ingestion/${vendor}/batcher`,
    ]),
    'processor/leader',
    'processor/helper',
    'portal',
  ];
}

/** The same in an order of the seed. */
function shuffled(list: readonly string[], name: string, draw: Expansion['draw']): string[] {
  const rank = new Map(list.map((one) => [one, draw(`${name} ${one}`)]));
  return [...list].sort((a, b) => rank.get(a)! - rank.get(b)!);
}

/** Faults that a swarm is drawn from: those that can do something in this scenario. */
function swarmOf(of: string, scenario: Scenario): FaultId[] {
  const kinds: Readonly<Record<string, readonly string[]>> = {
    recoverable: ['recover'],
    detectable: ['detect', 'prevent'],
    all: ['recover', 'detect', 'prevent', 'accept', 'limit'],
  };
  return faultIds.filter(
    (id) =>
      faultCode.has(id) &&
      !id.startsWith('nem.') &&
      kinds[of]!.includes(faults[id].outcome[0]!) &&
      faultNeedProblems(id, '', scenario).length === 0,
  );
}

const composites: Readonly<Record<string, (expansion: Expansion) => readonly Part[]>> = {
  'nem.swarm': ({ item, scenario, draw }) => {
    const atLeast = count(item, 'atLeast', 1);
    const atMost = Math.max(atLeast, count(item, 'atMost', 4));
    const pool = shuffled(swarmOf(word(item, 'of', 'recoverable'), scenario), 'swarm', draw);
    const size = atLeast + (draw('size') % (atMost - atLeast + 1));
    // Little of each: a part may find no occasion, the swarm must.
    return pool.slice(0, size).map((id) => ({ id, p: 0.1, dose: 5, fires: 0 }));
  },

  'nem.swizzle': ({ item, scenario, draw }) => {
    const lastsMs = duration(item, 'duration', '4h');
    const cut = shuffled(nodesOf(scenario), 'cut', draw).slice(0, 4);
    const back = shuffled(cut, 'back', draw);
    const step = lastsMs / (2 * cut.length);
    return cut.map((at, i) => ({
      id: item.id,
      at,
      fromMs: item.fromMs + i * step,
      untilMs: item.fromMs + lastsMs / 2 + (back.indexOf(at) + 1) * step,
    }));
  },

  'nem.rolling_upgrade': ({ item, scenario }) => {
    const pauseMs = duration(item, 'pause', '15m');
    return nodesOf(scenario).map((at, i) => ({
      id: item.id,
      at,
      fromMs: item.fromMs + i * pauseMs,
      untilMs: item.fromMs + i * pauseMs + Math.min(5 * MINUTE_MS, pauseMs),
    }));
  },

  'nem.region_loss': ({ item, scenario, draw }) => {
    const untilMs = item.fromMs + duration(item, 'duration', '4h');
    const role = draw('role') % 2 === 0 ? 'leader' : 'helper';
    const { apple } = scenario.population.vendors;
    const vendor = apple > 0 ? 'apple' : 'google';
    const nodes = nodesOf(scenario).filter((one) => one.includes(vendor) || one.includes(role));
    const stores = [
      `inbox-${vendor}`,
      ...['ingestion', 'validity', 'state'].map((kind) => `${kind}-${role}`),
    ];
    const places = [...nodes, ...stores.map((store) => `store/${store}`)];
    // A store that nobody asks for meanwhile is not missed.
    return places.map((at) => ({
      id: item.id,
      at,
      untilMs,
      fires: at.startsWith('store') ? 0 : 1,
    }));
  },

  'nem.launch_day': ({ item }) => [
    { id: item.id, at: 'phones/storm', params: item.params },
    { id: item.id, at: 'phones/keys' },
  ],

  'nem.outbreak': ({ item, scenario, draw }) => {
    const { states } = scenario.population;
    const ids = Array.isArray(states) ? states : Object.keys(states);
    const at = item.at ?? shuffled(ids, 'state', draw)[0]!;
    return [{ id: item.id, at, params: item.params }];
  },

  'nem.byzantine_minority': ({ item }) => {
    const attacks = adversaryIds.filter((id) => id.startsWith('cli.'));
    const p = count(item, 'share', 0.05) / attacks.length;
    return attacks.map((id) => ({ id, p, fires: 0 }));
  },
};

/** Whether a fault is made of others. */
export function isComposite(id: string): boolean {
  return Object.hasOwn(composites, id);
}
