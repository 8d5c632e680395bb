/**
 * The eye of the oracle `leak`: secrets of the run are looked for, as bytes, in hex and in base64,
 * in everything that a party other than their owner holds or that is shown to people: the stores
 * of processors and portal, results, and the journal's last lines, as they are when the run ends.
 * Secrets are the private keys of authorities, processors and signers, and of a sample of reports
 * what tells phones apart (their keys) and the exact time of the upload.
 */

import { toHex } from '@priolab/crypto';
import { storeNames } from '@priolab/nodes';
import type { RemoteStores } from '@priolab/runtime';

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

export function scanForLeaks(parts: {
  readonly world: World;
  readonly parties: Parties;
  readonly stores: RemoteStores;
  readonly journal: Journal;
  readonly book: Book;
}): SimulationRecord['leaks'] {
  const { stores, journal } = parts;
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
  // What parties say of themselves; strikes of faults are the simulator's own notes.
  const said = journal.lastLines.filter((line) => !/^[\d.]+ fault /.test(line));
  search('the journal', Buffer.from(said.join('\n')));
  return { secrets: secrets.length, bytes, found: [...found] };
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
