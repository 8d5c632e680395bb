/**
 * The eye of the oracle `leak.scan`: secrets of the run are looked for, as bytes, in hex and in base64,
 * in everything that a party other than their owner holds or that is shown to people: the stores
 * of processors and portal, results, and the journal's last lines, as they are when the run ends,
 * and what was removed from the stores or written over before. Secrets are the private keys of authorities, processors and signers, and of a sample of reports
 * what tells phones apart (their keys) and the exact time of the upload.
 */

import { toHex } from '@priolab/crypto';
import { storeNames } from '@priolab/nodes';
import type { RemoteStores, StoredObject } from '@priolab/runtime';

import type { SimulationRecord } from '../record/simulation-record.ts';
import type { World } from '../run/world.ts';
import type { Book } from './book.ts';
import type { Journal } from './journal.ts';
import type { Parties } from './parties.ts';

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

/** Reports whose secrets are looked for, at most: every so-many-th. */
const SAMPLE = 64;
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

export function scanForLeaks(parts: {
  readonly world: World;
  readonly parties: Parties;
  readonly stores: RemoteStores;
  readonly removed: Removed;
  readonly journal: Journal;
  readonly book: Book;
}): SimulationRecord['leaks'] {
  const { stores, removed, journal } = parts;
  const secrets = secretsOf(parts);
  const found = new Set<string>();
  let bytes = 0;
  const search = (where: string, haystack: Buffer): void => {
    bytes += haystack.length;
    for (const { name, needles } of secrets) {
      if (needles.some((needle) => haystack.includes(needle))) found.add(`${name} in ${where}`);
    }
  };
  for (const store of SEARCHED) {
    const objects = [...stores.inside(store).objects];
    const whole = Buffer.concat(
      objects.flatMap(([key, object]) => [Buffer.from(key), object.bytes, Buffer.from([10])]),
    );
    search(store, whole);
  }
  for (const { store, bytes: gone } of removed.objects) search(store, gone);
  // What parties say of themselves; strikes of faults are the simulator's own notes.
  const said = journal.lastLines.filter((line) => !/^[\d.]+ fault /.test(line));
  search('the journal', Buffer.from(said.join('\n')));
  const { unsearched } = removed;
  return { secrets: secrets.length, bytes, unsearched, found: [...found] };
}

function secretsOf({
  world,
  parties,
  book,
}: {
  readonly world: World;
  readonly parties: Parties;
  readonly book: Book;
}) {
  const step = Math.max(1, Math.floor(book.reports.length / SAMPLE));
  const sample = book.reports.filter((_, i) => i % step === 0);
  const secret = (name: string, bytes: Uint8Array) => ({
    name,
    needles: [
      Buffer.from(bytes),
      Buffer.from(toHex(bytes)),
      Buffer.from(Buffer.from(bytes).toString('base64')),
    ],
  });
  return [
    ...Object.entries(world.authorityScalars).map(([vendor, scalar]) =>
      secret(`the private key of ${vendor}'s authority`, scalar),
    ),
    ...parties.privateKeys.map(({ name, scalar }) => secret(name, scalar)),
    ...sample.flatMap(({ number, deviceKey, createdMs, windowStartMs }) => [
      ...(deviceKey === undefined ? [] : [secret(`the phone of report ${number}`, deviceKey)]),
      // A time that is the start of its window is no secret: batches say it.
      ...(createdMs === windowStartMs
        ? []
        : [{ name: `the time of report ${number}`, needles: [Buffer.from(String(createdMs))] }]),
    ]),
  ];
}
