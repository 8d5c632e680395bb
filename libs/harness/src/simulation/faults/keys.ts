/** Faults of keys: those that phones seal to and processors open with, and signing keys. */

import { SEAL_OVERHEAD, createBackend, toHex } from '@priolab/crypto';
import { PACKETS, batchBase, endings, storeNames, writeSigned } from '@priolab/nodes';
import { createPrio2 } from '@priolab/prio';
import { REPORT_ID_SIZE, createDevice, encodeShareBatch } from '@priolab/roles';
import type {
  BatchHead,
  MeasurementBlock,
  ObjectReader,
  ProcessorKeys,
  Task,
} from '@priolab/roles';
import type { Host } from '@priolab/runtime';

import { isSourceAt } from '../../faults/places.ts';
import type { FaultContext, Inject } from '../fault.ts';
import { drawScalar, keyNeededMs } from '../parties.ts';
import { HOUR_MS, atItsTime, overAtMs } from './acting.ts';
import { duration } from './parameters.ts';
import { roleOf } from './parties-at.ts';

/**
 * Phones that the fault chooses seal to other keys than they should: those that make their report
 * while it lasts. Their lists are of midnight, when they fetch them.
 * @param lastsMs how long from the fault's beginning; left out: as long as the fault
 */
function sealTo(
  context: FaultContext,
  strike: { readonly what: string; readonly allowed: readonly string[] },
  keysOf: (keys: ProcessorKeys, fetchedMs: number) => ProcessorKeys | undefined,
  lastsMs = Infinity,
): void {
  context.hooks.phones.keys.push((keys, { number, madeMs, fetchedMs }) => {
    if (madeMs >= context.beginsMs() + lastsMs) return keys;
    const others = keysOf(keys, fetchedMs);
    if (others === undefined || !context.chooses(`report ${number}`, madeMs)) return keys;
    const { what, allowed } = strike;
    context.strike({ what: `report ${number} ${what}`, reports: [number], allowed });
    return others;
  });
}

/** A new key comes while reports for the old one are on their way; the old stays for a while. */
const rotateMidflight: Inject = (context) => {
  const { parties, settings, timeline, book } = context;
  context.whenItBegins(() => {
    for (const role of ['leader', 'helper'] as const) {
      const ring = parties.rings[role];
      const nowMs = timeline.nowMs();
      for (const one of ring) one.untilMs = Math.min(one.untilMs, nowMs + keyNeededMs(settings));
      const key = parties.backend.privateKey(drawScalar(context.randomness.child(role), 0));
      const keyId = `${role}-extra`;
      const until = { fromMs: nowMs, untilMs: Infinity };
      ring.push({ keyId, key, ...until });
    }
    const reports = book.reports
      .filter(({ createdMs }) => createdMs <= timeline.nowMs())
      .filter(({ number }) => book.fateOf(number).outcome === 'pending')
      .map(({ number }) => number);
    context.strike({ what: `new keys with ${reports.length} reports under way`, reports });
  });
};

const wrong: Inject = (context) => {
  const role = roleOf(context);
  const stranger = context.parties.backend.privateKey(
    drawScalar(context.randomness.child('stranger'), 0),
  );
  const strike = { what: `is sealed to a key that no ${role} has`, allowed: ['decrypt-failed'] };
  const keysOf = (keys: ProcessorKeys) => ({ ...keys, [role]: stranger.publicKey });
  sealTo(context, strike, keysOf, duration(context.item, 'duration', '6h'));
};

/**
 * The private key is gone: what is not summed can't be opened. What the peer was told before can't
 * be taken back: such windows are held by the portal, as the two sums don't fit.
 */
const lost: Inject = (context) => {
  const { parties, timeline, book } = context;
  const role = roleOf(context);
  context.whenItBegins(() => {
    const nowMs = timeline.nowMs();
    for (const one of parties.rings[role]) one.untilMs = Math.min(one.untilMs, nowMs);
    const open = book.reports.filter(({ number }) => book.fateOf(number).outcome === 'pending');
    const isSummed = (window: string): boolean =>
      book.windows.get(window)?.sums[role] !== undefined;
    const refused = ['decrypt-failed', 'peer-missing', 'batch-unmatched'];
    context.strike({
      what: `the ${role}'s private key is gone`,
      reports: open.filter((one) => !isSummed(windowOf(one))).map(({ number }) => number),
      allowed: [...refused, 'no-leader-share', 'no-helper-share'],
      windows: [...new Set(open.map(windowOf))].filter((window) => !isSummed(window)),
    });
  });
};

function windowOf({ task, windowStartMs }: FaultContext['book']['reports'][number]): string {
  return `${Buffer.from(task.id).toString('hex')}/${windowStartMs}`;
}

/** Phones seal to a key whose time is over. */
const expired: Inject = (context) => {
  const role = roleOf(context);
  const what = `is sealed to an expired key of the ${role}`;
  sealTo(context, { what, allowed: ['decrypt-failed'] }, (keys, fetchedMs) => {
    const old = context.parties.rings[role].findLast(({ untilMs }) => untilMs <= fetchedMs);
    return old === undefined ? undefined : { ...keys, [role]: old.key.publicKey };
  });
};

/**
 * A vendor's signing key is withdrawn, and the vendor goes on signing with it; until the fault is
 * over, when the key is trusted again. A batch that was refused meanwhile stays refused.
 */
const revoked: Inject = (context) => {
  const { timeline, parties, item, book } = context;
  const owner = `vendor/${item.place}`;
  const readers = new Set<ObjectReader>();
  context.hooks.desk.push((desk) => {
    readers.add(desk.ingestionReader);
    if (context.isOn()) desk.ingestionReader.distrust(owner);
    return desk;
  });
  // What comes shortly before the end may not have been looked at before it.
  const allowed = ['batch-signature', ...(item.untilMs === Infinity ? [] : ['accepted'])];
  context.whenItBegins(() => {
    if (!context.isOn()) return;
    for (const reader of readers) reader.distrust(owner);
    const reports = book.reports
      .filter(({ task, number }) => {
        return `vendor/${task.vendor}` === owner && book.fateOf(number).outcome === 'pending';
      })
      .map(({ number }) => number);
    context.strike({ what: `the key of ${owner} is withdrawn`, reports, allowed });
    const endMs = overAtMs(context, Infinity);
    if (endMs === Infinity) return;
    const key = parties.signingKeyOf(owner);
    timeline.at(endMs, () => readers.forEach((reader) => reader.trust(owner, key)));
  });
  // Of later days: nobody knows their reports yet.
  context.hooks.phones.uploads.push((report) => {
    const isStruck = `vendor/${report.task.vendor}` === owner && context.isOn();
    if (isStruck) context.alsoAllow(report.number, allowed);
    return [report];
  });
};

/** Phones know the list of keys as it was some time ago. */
const manifestStale: Inject = (context) => {
  const ageMs = duration(context.item, 'age', '1d');
  const strike = { what: 'is sealed by an old list of keys', allowed: ['accepted'] };
  sealTo(context, strike, (_, fetchedMs) => context.parties.publicKeysAt(fetchedMs - ageMs));
};

/** Phones can't fetch the list, and work with the one that they fetched last. */
const manifestDown: Inject = (context) => {
  const strike = { what: 'is sealed by the last list of keys', allowed: ['accepted'] };
  const keysOf = () => context.parties.publicKeysAt(context.beginsMs());
  sealTo(context, strike, keysOf, duration(context.item, 'duration', '6h'));
};

/** Bits of an element by which a distinguisher guesses what was sent. */
const GUESSES: readonly ((element: number) => number)[] = [
  (element) => element & 1,
  (element) => element >>> 31,
  (element) => (element >>> 15) & 1,
];

/**
 * Who has the leader's key opens its half of every report that is there when the fault is over. The
 * best of some guesses at a bit from the leader's element must be no better than a coin, within
 * what chance allows.
 */
const compromiseOne: Inject = (context) => {
  const endMs = overAtMs(context, Infinity);
  const read = (): void => {
    if (context.beginsMs() > context.timeline.nowMs()) return;
    const { parties, stores, book } = context;
    const { key } = parties.rings.leader[0]!;
    const right = GUESSES.map(() => 0);
    const ones = { sent: 0 };
    let samples = 0;
    for (const [name, { bytes }] of stores.inside(storeNames.ingestion('leader')).objects) {
      if (!name.endsWith(endings.batch + PACKETS)) continue;
      const task = [...parties.tasks.values()].find((one) =>
        name.startsWith(`${one.state}-${one.vendor}/${one.metric.id}/`),
      )!;
      const { leaderShareSize, dimension } = task.shape;
      const sealedSize = leaderShareSize + SEAL_OVERHEAD;
      // Id, r and the sealed share.
      const sealedAt = REPORT_ID_SIZE + 4;
      const size = sealedAt + sealedSize;
      // Of a torn object the last report is not all there.
      const count = Math.floor(bytes.length / size);
      const plain = new Uint8Array(count * leaderShareSize);
      parties.backend.open({
        count,
        privateKey: key,
        sealed: { bytes, offset: sealedAt, stride: size },
        sealedSize,
        plaintexts: { bytes: plain, offset: 0, stride: leaderShareSize },
        status: new Uint8Array(count),
        failure: 1,
      });
      const view = new DataView(plain.buffer);
      for (let i = 0; i < count; i++) {
        const idAt = i * size;
        const id = Buffer.from(bytes.subarray(idAt, idAt + REPORT_ID_SIZE)).toString('hex');
        const report = book.reportOf(id);
        // One that a stolen signature brought in: nobody knows what was sent.
        if (report === undefined) continue;
        const { sent } = book.reports[report]!;
        for (let bin = 0; bin < dimension; bin++) {
          const element = view.getUint32(i * leaderShareSize + 4 * bin, true);
          samples += 1;
          ones.sent += sent[bin]!;
          GUESSES.forEach((guess, k) => (right[k]! += guess(element) === sent[bin] ? 1 : 0));
        }
      }
    }
    // Nothing to read with it: then it has done nothing.
    if (samples === 0) return;
    const advantages = right.map((hits) => Math.abs(hits / samples - 1 / 2));
    context.strike({ what: `read ${samples} elements of the leader's with its key` });
    context.measure('advantage', Math.max(...advantages));
    // Three guesses, each off by chance more than this once in some thousand runs.
    context.measure('chance', 3.7 / (2 * Math.sqrt(samples)));
  };
  if (endMs === Infinity) context.atEnd(read);
  else context.timeline.at(endMs, read);
};

const FORGED = 5;

/**
 * Who has stolen a vendor's signing key, and can write into the processors' stores, hands in a
 * batch of reports that no phone made. It is well formed and well signed; the vendor's own list,
 * which the thief can't write, does not have it.
 */
const signStolen: Inject = (context) => {
  const { timeline, parties, item } = context;
  const victims = [...parties.tasks.values()].filter((task) => isSourceAt(item.place, task));
  atItsTime(context, HOUR_MS, () => {
    victims.forEach((task, index) => {
      if (!context.chooses(`task ${index}`)) return;
      forgeBatch(context, task, index).catch((error: unknown) => timeline.fail(error));
    });
  });
};

async function forgeBatch(context: FaultContext, task: Task, index: number): Promise<void> {
  const { parties, stores, timeline, startMs } = context;
  const randomness = context.randomness.child(`forged-${index}`);
  const backend = createBackend('node');
  const device = createDevice({ backend, prio2: createPrio2(task.metric.bins), capacity: FORGED });
  const block: MeasurementBlock = {
    task,
    day: Math.floor(startMs / 86_400_000),
    count: FORGED,
    devices: Uint32Array.from({ length: FORGED }, (_, i) => i),
    identityIndex: new Uint32Array(FORGED),
    timesMs: new Uint32Array(FORGED),
    bits: new Uint32Array(FORGED * task.metric.bins).fill(1),
  };
  const report = device.randomise(block, randomness);
  device.prove(report, randomness);
  device.split(report, randomness);
  const sealed = device.seal(report, parties.publicKeysAt(timeline.nowMs()), randomness);
  const head: BatchHead = {
    task,
    batchId: randomness.child('batch').bytes(0, 16),
    windowStartMs: startMs - (startMs % task.windowMs),
    count: FORGED,
    reportIds: report.reportIds.slice(0, FORGED * REPORT_ID_SIZE),
    queryRandomness: new Uint32Array(FORGED).fill(3),
  };
  const signer = parties.signerOf(`vendor/${task.vendor}`);
  const host = { name: 'thief', wait: <T>(promise: Promise<T>) => promise } as Host;
  for (const role of ['leader', 'helper'] as const) {
    const { leaderShareSize, helperShareSize } = task.shape;
    const plainSize = role === 'leader' ? leaderShareSize : helperShareSize;
    const half = { ...head, sealed: sealed[role], sealedSize: plainSize + SEAL_OVERHEAD };
    const { header, packets } = encodeShareBatch(half, role);
    const key = batchBase(task, head.windowStartMs, head.batchId) + endings.batch;
    await writeSigned(
      stores.reach(storeNames.ingestion(role), host),
      key,
      signer.seal(header, packets),
    );
  }
  context.strike({
    what: `batch of ${FORGED} signed with the stolen key for ${task.state}`,
    batchIds: [toHex(head.batchId)],
  });
}

export const keyFaults: Readonly<Record<string, Inject>> = {
  'key.rotate_midflight': rotateMidflight,
  'key.wrong': wrong,
  'key.lost': lost,
  'key.expired': expired,
  'key.revoked': revoked,
  'key.manifest_stale': manifestStale,
  'key.manifest_down': manifestDown,
  'key.compromise_one': compromiseOne,
  'key.sign_stolen': signStolen,
};
