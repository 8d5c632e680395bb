/**
 * The eye of the oracle `leak.scan`: secrets of the run are looked for in everything that a party
 * other than their owner holds or that is shown to people: the stores of processors and portal and
 * the published results, as they are when the run ends and as they were before something was
 * removed or written over; what parties say of themselves in the journal, in their own words too;
 * and the run's own results.
 * Secrets are the private keys of authorities, processors and signers, and of every report the
 * seed that is the helper's share, what tells phones apart (their keys) and the exact time that it
 * bears.
 */

import { toHex } from '@priolab/crypto';
import { storeNames } from '@priolab/nodes';
import type { RemoteStores, StoredObject } from '@priolab/runtime';

import type { SimulationRecord } from '../record/simulation-record.ts';
import type { World } from '../run/world.ts';
import type { Book } from './book.ts';
import type { Journal } from './journal.ts';
import type { Parties } from './parties.ts';
import { indexSecrets } from './secrets.ts';
import type { Secret } from './secrets.ts';

/** Stores of parties that must not learn who sent a report or when. */
const SEARCHED = [
  storeNames.ingestion('leader'),
  storeNames.ingestion('helper'),
  storeNames.validity('leader'),
  storeNames.validity('helper'),
  storeNames.state('leader'),
  storeNames.state('helper'),
  storeNames.portal,
  storeNames.audit,
  storeNames.results,
];

/** Places of secrets that are named in the record, at most. */
const NAMED = 100;
/** Bytes of removed objects that are kept to be searched, at most. */
const REMOVED_LIMIT = 64 * 2 ** 20;

/** What was in the searched stores once and is no longer. */
export interface Removed {
  /** `store` and bytes, key included, of each object. */
  readonly objects: readonly { readonly store: string; readonly bytes: Buffer }[];
  /** Bytes that went beyond the limit. */
  readonly unsearched: number;
}

/**
 * Keeps what is removed from the searched stores from now on. To be called before any other policy
 * is put on the stores, as it looks at what arrives.
 */
export function watchRemovals(stores: RemoteStores, limit = REMOVED_LIMIT): Removed {
  const objects: { store: string; bytes: Buffer }[] = [];
  const removed = { objects, unsearched: 0 };
  let kept = 0;
  const keep = (store: string, key: string, old: StoredObject): void => {
    if (kept + old.size > limit) {
      removed.unsearched += old.size;
      return;
    }
    kept += old.size;
    objects.push({ store, bytes: Buffer.concat([Buffer.from(key), old.bytes]) });
  };
  stores.addPolicy(async (operation, next) => {
    const { kind, overwrite, store, key } = operation;
    const removes = kind === 'delete' || (kind === 'put' && overwrite === true);
    const isSearched = removes && SEARCHED.includes(store);
    const old = isSearched ? stores.inside(store).objects.get(key) : undefined;
    const answer = await next(operation);
    if (old !== undefined) keep(store, key, old);
    return answer;
  });
  return removed;
}

export interface LeakScan {
  /** Looks into what the run is about to show. */
  search(where: string, text: string): void;
  record(): SimulationRecord['leaks'];
}

interface Searched {
  readonly world: World;
  readonly parties: Parties;
  readonly stores: RemoteStores;
  readonly removed: Removed;
  readonly journal: Journal;
  readonly book: Book;
}

/** Of a run that has ended. It looks when it is first asked: most second runs are not. */
export function scanForLeaks(parts: Searched): LeakScan {
  let scan: LeakScan | undefined;
  const begun = (): LeakScan => (scan ??= beginScan(parts));
  return {
    search: (where, text) => begun().search(where, text),
    record: () => begun().record(),
  };
}

function beginScan(parts: Searched): LeakScan {
  const { stores, removed, journal } = parts;
  const secrets = secretsOf(parts);
  const index = indexSecrets(secrets);
  const found = new Set<string>();
  const places = new Set<string>();
  let bytes = 0;
  const search = (where: string, haystack: Uint8Array): void => {
    bytes += haystack.length;
    for (const name of index.findIn(haystack)) {
      found.add(name);
      if (places.size < NAMED) places.add(`${name} in ${where}`);
    }
  };
  for (const store of SEARCHED) {
    for (const [key, object] of stores.inside(store).objects) {
      search(store, Buffer.from(key));
      search(store, object.bytes);
    }
  }
  for (const { store, bytes: gone } of removed.objects) search(store, gone);
  for (const line of journal.said) search('the journal', Buffer.from(line));
  return {
    search: (where, text) => search(where, Buffer.from(text)),
    record: () => ({
      secrets: secrets.length,
      bytes,
      unsearched: removed.unsearched + journal.unkept,
      found: found.size,
      places: [...places],
    }),
  };
}

/** Times on a full minute are no secrets: windows begin at such, and batches say when. */
const MINUTE_MS = 60_000;

function secretsOf({ world, parties, book }: Searched): Secret[] {
  const secrets = new Map<string, Secret>();
  // A phone that sent several reports, and times that several bear, are looked for once.
  const add = (name: string, value: Uint8Array | number): void => {
    const known = typeof value === 'number' ? String(value) : toHex(value);
    if (!secrets.has(known)) secrets.set(known, { name, value });
  };
  for (const [vendor, scalar] of Object.entries(world.authorityScalars)) {
    add(`the private key of ${vendor}'s authority`, scalar);
  }
  for (const { name, scalar } of parties.privateKeys) add(name, scalar);
  for (const { number, helperSeed, deviceKey, createdMs } of book.reports) {
    if (helperSeed !== undefined) add(`the helper’s share of report ${number}`, helperSeed);
    if (deviceKey !== undefined) add(`the phone of report ${number}`, deviceKey);
    if (createdMs % MINUTE_MS !== 0) add(`the time of report ${number}`, createdMs);
  }
  return [...secrets.values()];
}
