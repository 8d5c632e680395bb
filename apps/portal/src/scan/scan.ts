/**
 * Looks through both processors' buckets of sum parts, pairs what belongs together and settles each
 * window once. A window that can't be added up, or whose one side does not come, is held with the
 * reason, and looked at again. Source: ENPA sections 1.2 step 5, 10 point 4, 9.2 nos. 5, 28, 29.
 */

import { sha256, toHex } from '@priolab/crypto';
import { readSumParts } from '@priolab/nodes/sum-parts';
import type { SumPartProblem } from '@priolab/nodes/sum-parts';
import type { ProcessorRole } from '@priolab/roles';
import { pairSumParts, readSumPartPath } from '@priolab/roles/enpa';
import type { BatchVerifier, NamedSumPart, SumPartName } from '@priolab/roles/enpa';
import type { Clock, ObjectStore } from '@priolab/runtime';
import type { Log } from '@priolab/service';

import { readPlace } from '../result/place.ts';
import { holdWindow, providerVersionOf, settle, windowKey } from '../result/result.ts';
import type { Policy, Result, Window } from '../result/result.ts';
import type { Digests, ResultState, Stored } from '../state/results.ts';

export interface SumSource {
  readonly store: ObjectStore;
  readonly verifier: BatchVerifier;
}

export type SumSources = Readonly<Record<ProcessorRole, SumSource>>;

/** What a look through the buckets has come to, by number of windows. */
export interface ScanReport {
  readonly looked: number;
  /** One side is missing, and patience has not run out. */
  readonly waiting: number;
  readonly unreadable: number;
  readonly stored: Readonly<Record<Stored, number>>;
}

export interface ScanOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly sources: SumSources;
  readonly results: ResultState;
  readonly policy: Policy;
  /** By instance, where a digest of the parameters is not what shall be shown. */
  readonly providerVersions: ReadonlyMap<string, string>;
  /** How often a settled window is looked at again, for parts that have changed. */
  readonly recheckMs: number;
}

const ROLES: readonly ProcessorRole[] = ['leader', 'helper'];

/** What one side has of a window. */
interface Side {
  readonly part?: NamedSumPart;
  readonly problem?: SumPartProblem;
}

interface Found {
  readonly window: Window;
  /** Keys of signatures, by which a part is there. */
  readonly signatures: ReadonlyMap<ProcessorRole, string>;
}

/** Each call is one look. @throws TransportError where a bucket or the state can't be used */
export function createScan(options: ScanOptions): () => Promise<ScanReport> {
  const { clock, sources, results, recheckMs } = options;
  /** When windows that are settled were last looked at. */
  const settledMs = new Map<string, number>();
  const told = createTold(options.log);

  const isDue = (key: string, nowMs: number): boolean =>
    nowMs - (settledMs.get(key) ?? -Infinity) >= recheckMs;

  return async () => {
    const nowMs = clock.nowMs();
    const there = await listWindows(sources, told);
    for (const key of settledMs.keys()) if (!there.has(key)) settledMs.delete(key);
    const due = [...there].filter(([key]) => isDue(key, nowMs));
    const stored = { published: 0, suppressed: 0, held: 0, same: 0, conflict: 0 };
    let waiting = 0;
    let unreadable = 0;
    const look = async (key: string, found: Found, sides: Sides): Promise<void> => {
      const { leader = {}, helper = {} } = sides;
      if (leader.problem !== undefined || helper.problem !== undefined) unreadable += 1;
      const outcome = await outcomeOf(options, { found, leader, helper, nowMs });
      if (outcome === undefined) return void (waiting += 1);
      const fate = await results.store(outcome.result, outcome.digests);
      stored[fate] += 1;
      told.stored(key, fate, outcome.result);
      const isSettled = fate !== 'held' && (await results.statusOf(key)) !== 'held';
      if (isSettled) settledMs.set(key, nowMs);
    };
    for (let first = 0; first < due.length; first += AT_ONCE) {
      const some = new Map(due.slice(first, first + AT_ONCE));
      const sides = await readSides(sources, some, told);
      for (const [key, found] of some) await look(key, found, sides.get(key) ?? {});
    }
    return { looked: due.length, waiting, unreadable, stored };
  };
}

/** Windows whose parts are in memory together: a week of them may be due after a start. */
const AT_ONCE = 32;

async function listWindows(sources: SumSources, told: Told): Promise<Map<string, Found>> {
  const windows = new Map<string, Found & { readonly signatures: Map<ProcessorRole, string> }>();
  for (const [server, role] of ROLES.entries()) {
    for (const key of await sources[role].store.list('')) {
      const read = readSumPartPath(key);
      if (read?.server !== server || read.part !== 'signature') continue;
      const window = windowOf(read);
      if (window === undefined) {
        told.strangeInstance(read.instance);
        continue;
      }
      const name = windowKey(window);
      const known = windows.get(name) ?? { window, signatures: new Map() };
      known.signatures.set(role, key);
      windows.set(name, known);
    }
  }
  return windows;
}

function windowOf({ instance, aggregation, start, end }: SumPartName): Window | undefined {
  const place = readPlace(instance);
  if (place === undefined) return undefined;
  return { instance, place, aggregation, startMs: start, endMs: end };
}

type Sides = Readonly<Partial<Record<ProcessorRole, Side>>>;

/** Reads what is due, and nothing else: buckets keep a week of windows. */
async function readSides(
  sources: SumSources,
  due: ReadonlyMap<string, Found>,
  told: Told,
): Promise<Map<string, Sides>> {
  const sides = new Map<string, Partial<Record<ProcessorRole, Side>>>();
  const add = (role: ProcessorRole, name: SumPartName | undefined, side: Side): void => {
    const window = name === undefined ? undefined : windowOf(name);
    if (window === undefined) return;
    const key = windowKey(window);
    sides.set(key, { ...sides.get(key), [role]: side });
  };
  for (const [server, role] of ROLES.entries()) {
    const keys = [...due.values()].flatMap(({ signatures }) => signatures.get(role) ?? []);
    const { store, verifier } = sources[role];
    const narrow = narrowed(store, keys);
    const found = await readSumParts({ store: narrow, server: server as 0 | 1, verifier });
    for (const part of found.parts) add(role, part.name, { part });
    for (const problem of found.problems) {
      told.unreadable(role, problem);
      add(role, readSumPartPath(problem.key), { problem });
    }
  }
  return sides;
}

/** The same store, which lists only these keys. */
function narrowed(store: ObjectStore, keys: readonly string[]): ObjectStore {
  return {
    list: async () => keys,
    get: (key) => store.get(key),
    stat: (key) => store.stat(key),
    put: (...input) => store.put(...input),
    delete: (key) => store.delete(key),
  };
}

interface Outcome {
  readonly result: Result;
  readonly digests?: Digests;
}

/** Undefined while it waits for a side. */
async function outcomeOf(
  options: ScanOptions,
  input: {
    readonly found: Found;
    readonly leader: Side;
    readonly helper: Side;
    readonly nowMs: number;
  },
): Promise<Outcome | undefined> {
  const { policy, providerVersions } = options;
  const { found, leader, helper, nowMs } = input;
  const { window } = found;
  if (leader.part === undefined || helper.part === undefined) {
    const beganMs = Math.max(window.endMs, await firstMs(options.sources, found));
    if (nowMs < beganMs + policy.patienceMs) return undefined;
    return { result: holdWindow(window, missing(leader, helper, policy), 'sum-parts') };
  }
  const { totals, held } = pairSumParts([leader.part], [helper.part]);
  const [total] = totals;
  if (total === undefined) return { result: holdWindow(window, held[0]!, 'sum-parts') };
  const { part } = leader.part;
  const { bins, prime, numberOfServers, hammingWeight } = part;
  const { instance, aggregation } = window;
  const { epsilon, clientCount: clients } = total;
  const parameters = {
    instance,
    aggregation,
    bins,
    epsilon,
    prime,
    numberOfServers,
    hammingWeight,
  };
  const providerVersion = providerVersions.get(instance) ?? providerVersionOf(parameters);
  const counted = { epsilon, bins, hammingWeight, clients, totals: total.totals, providerVersion };
  return {
    result: settle({ ...window, ...counted }, policy, 'sum-parts'),
    digests: { leader: digestOf(leader.part), helper: digestOf(helper.part) },
  };
}

function missing(
  leader: Side,
  helper: Side,
  { patienceMs }: Policy,
): { readonly reason: string; readonly detail: string } {
  const why = ROLES.flatMap((role) => {
    const { part, problem } = role === 'leader' ? leader : helper;
    if (part !== undefined) return [];
    if (problem === undefined) return [`${role}: none after ${patienceMs / 1000} s`];
    return [`${role}: ${problem.code}: ${problem.detail}`];
  });
  const reason = leader.part === undefined ? 'no-leader-share' : 'no-helper-share';
  return { reason, detail: why.join('; ') };
}

/** When the first of its parts came, by the store's clock. */
async function firstMs(sources: SumSources, { signatures }: Found): Promise<number> {
  const written: number[] = [];
  for (const [role, key] of signatures) {
    const stat = await sources[role].store.stat(key);
    if (stat !== undefined) written.push(stat.writtenMs);
  }
  return Math.min(...written);
}

/** Of what a processor says; its shares are in it, so that it can't be guessed from a sum. */
function digestOf({ part, invalid }: NamedSumPart): string {
  const packets = toHex(part.packetFileDigest);
  const text = JSON.stringify({ ...part, packetFileDigest: packets, invalid });
  return toHex(sha256(new TextEncoder().encode(text)));
}

/** What has been logged, so that a scan each minute does not say all of it again. */
interface Told {
  strangeInstance(instance: string): void;
  unreadable(role: ProcessorRole, problem: SumPartProblem): void;
  stored(key: string, fate: Stored, result: Result): void;
}

const TOLD_MAX = 10_000;

function createTold(log: Log): Told {
  const told = new Set<string>();
  const once = (name: string, say: () => void): void => {
    if (told.has(name)) return;
    if (told.size >= TOLD_MAX) told.clear();
    told.add(name);
    say();
  };
  return {
    strangeInstance: (instance) =>
      once(instance, () => log('warn', 'unknown-instance', { instance })),
    unreadable: (role, { key, code, detail }) =>
      once(`${role} ${key} ${code}`, () =>
        log('warn', 'sum-part-unreadable', { role, key, code, detail }),
      ),
    stored(window, fate, { reason, detail }) {
      if (fate === 'same') return;
      const isBad = fate === 'held' || fate === 'conflict';
      const why = isBad ? { reason: reason ?? undefined, detail } : {};
      log(isBad ? 'warn' : 'info', `window-${fate}`, { window, ...why });
    },
  };
}
