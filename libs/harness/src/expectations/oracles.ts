/**
 * Every oracle that `expect` may name, and the clocks in which it is judged. An oracle without a
 * clock is known to the language and refused when a scenario is loaded: nothing would judge it.
 * Whoever builds its check adds the clock here; `explain.ts` says what each asserts.
 */

export const clocks = ['wall', 'simulated'] as const;
export type Clock = (typeof clocks)[number];

const both = clocks;
const wall = ['wall'] as const;
const simulated = ['simulated'] as const;

const registry = {
  'sum.exact': both,
  'count.exact': both,
  conserve: both,
  once: both,
  'sets.equal': both,
  noforge: both,
  reason: both,
  'rand.safe': both,
  'noise.dist': both,
  unbiased: both,
  'consent.kept': both,
  crosscheck: wall,
  throughput: wall,
  memory: both,
  tenant: simulated,
  'minbatch.on_accepted': simulated,
  idem: simulated,
  live: simulated,
  fresh: simulated,
  blast: simulated,
  'leak.scan': simulated,
  'view.indist': simulated,
  det: both,
  deployed: wall,
  outcome: simulated,
  detected: simulated,
} as const;

export type OracleId = keyof typeof registry;

/** Oracle -> clocks in which it is judged. */
export const oracleClocks: Readonly<Record<OracleId, readonly Clock[]>> = registry;

export const oracleIds = Object.keys(registry) as [OracleId, ...OracleId[]];

/** Oracles of which a scenario must say more than the name. */
const withSettings = ['throughput', 'memory', 'outcome', 'detected'] as const;
type WithSettings = (typeof withSettings)[number];
export type PlainOracleId = Exclude<OracleId, WithSettings>;

const takesSettings = (id: OracleId): id is WithSettings =>
  (withSettings as readonly string[]).includes(id);

/** Oracles that are named by their id alone. */
export const plainOracleIds = oracleIds.filter((id) => !takesSettings(id)) as [
  PlainOracleId,
  ...PlainOracleId[],
];
