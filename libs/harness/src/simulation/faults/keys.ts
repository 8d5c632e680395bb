/** Faults of keys: those that phones seal to and processors open with, and signing keys. */

import { SEAL_OVERHEAD, createBackend, toHex } from '@priolab/crypto';
import { PACKETS, batchBase, endings, storeNames, writeSigned } from '@priolab/nodes';
import { createPrio2 } from '@priolab/prio';
import { REPORT_ID_SIZE, createDevice, encodeShareBatch } from '@priolab/roles';
import type { BatchHead, MeasurementBlock, Task } from '@priolab/roles';
import type { Host } from '@priolab/runtime';

import { isSourceAt } from '../../faults/places.ts';
import type { Shard } from '../../population/plan.ts';
import type { FaultContext, Inject } from '../fault.ts';
import { drawScalar, keyNeededMs } from '../parties.ts';
import { duration } from './parameters.ts';
import { roleOf } from './parties-at.ts';

function reportsOf({ firstReport, reportCount }: Shard): number[] {
  return Array.from({ length: reportCount }, (_, i) => firstReport + i);
}

/** Says once for each shard that its phones seal to other keys than they should. */
function strikeShards(
  context: FaultContext,
  how: string,
  allowed: readonly string[],
): (shard: Shard) => boolean {
  const struck = new Map<number, boolean>();
  return (shard) => {
    const known = struck.get(shard.index);
    if (known !== undefined) return known;
    const isChosen = context.chooses(`shard ${shard.index}`);
    struck.set(shard.index, isChosen);
    if (isChosen) {
      context.strike({ what: `shard ${shard.index} ${how}`, reports: reportsOf(shard), allowed });
    }
    return isChosen;
  };
}

/** A new key comes while reports for the old one are on their way; the old stays for a while. */
const rotateMidflight: Inject = (context) => {
  const { parties, settings, timeline, startMs, item, book } = context;
  timeline.at(startMs + item.fromMs, () => {
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
  const lastsMs = duration(context.item, 'duration', '6h');
  const stranger = context.parties.backend.privateKey(
    drawScalar(context.randomness.child('stranger'), 0),
  );
  const chooses = strikeShards(context, `seals to a key that no ${role} has`, ['decrypt-failed']);
  context.hooks.phones.keys.push((keys, timeMs, shard) => {
    const isWrong = timeMs < context.startMs + context.item.fromMs + lastsMs;
    return isWrong && chooses(shard) ? { ...keys, [role]: stranger.publicKey } : keys;
  });
};

/**
 * The private key is gone: what is not summed can't be opened. What the peer was told before can't
 * be taken back: such windows are held by the portal, as the two sums don't fit.
 */
const lost: Inject = (context) => {
  const { parties, timeline, startMs, item, book } = context;
  const role = roleOf(context);
  timeline.at(startMs + item.fromMs, () => {
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
  const chooses = strikeShards(context, `seals to an expired key of the ${role}`, [
    'decrypt-failed',
  ]);
  context.hooks.phones.keys.push((keys, timeMs, shard) => {
    const old = context.parties.rings[role].findLast(({ untilMs }) => untilMs <= timeMs);
    if (old === undefined || !chooses(shard)) return keys;
    return { ...keys, [role]: old.key.publicKey };
  });
};

/** A vendor's signing key is withdrawn, and the vendor goes on signing with it. */
const revoked: Inject = (context) => {
  const { timeline, startMs, item, book } = context;
  const owner = `vendor/${item.place}`;
  context.hooks.desk.push((desk) => {
    const revoke = (): void => desk.ingestionReader.distrust(owner);
    const atMs = startMs + item.fromMs;
    if (timeline.nowMs() >= atMs) revoke();
    else timeline.at(atMs, revoke);
    return desk;
  });
  timeline.at(startMs + item.fromMs, () => {
    const reports = book.reports
      .filter(({ task, number }) => {
        return `vendor/${task.vendor}` === owner && book.fateOf(number).outcome === 'pending';
      })
      .map(({ number }) => number);
    const what = `the key of ${owner} is withdrawn`;
    context.strike({ what, reports, allowed: ['batch-signature'] });
  });
};

/** Phones know the list of keys as it was some time ago. */
const manifestStale: Inject = (context) => {
  const ageMs = duration(context.item, 'age', '1d');
  const chooses = strikeShards(context, 'has an old list of keys', ['accepted']);
  context.hooks.phones.keys.push((keys, timeMs, shard) =>
    chooses(shard) ? context.parties.publicKeysAt(timeMs - ageMs) : keys,
  );
};

/** Phones can't fetch the list, and work with the one that they fetched last. */
const manifestDown: Inject = (context) => {
  const lastsMs = duration(context.item, 'duration', '6h');
  const fromMs = context.startMs + context.item.fromMs;
  const chooses = strikeShards(context, 'can’t fetch the list of keys', ['accepted']);
  context.hooks.phones.keys.push((keys, timeMs, shard) => {
    const isDown = timeMs >= fromMs && timeMs < fromMs + lastsMs;
    return isDown && chooses(shard) ? context.parties.publicKeysAt(fromMs) : keys;
  });
};

/** Bits of an element by which a distinguisher guesses what was sent. */
const GUESSES: readonly ((element: number) => number)[] = [
  (element) => element & 1,
  (element) => element >>> 31,
  (element) => (element >>> 15) & 1,
];

/**
 * Who has the leader's key opens its half of every report: the best of some guesses at a bit from
 * the leader's element must be no better than a coin, within what chance allows.
 */
const compromiseOne: Inject = (context) => {
  context.atEnd(() => {
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
        const { sent } = book.reports[book.reportOf(id)!]!;
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
  });
};

const FORGED = 5;

/**
 * Who has stolen a vendor's signing key, and can write into the processors' stores, hands in a
 * batch of reports that no phone made. It is well formed and well signed; the vendor's own list,
 * which the thief can't write, does not have it.
 */
const signStolen: Inject = (context) => {
  const { timeline, parties, startMs, item } = context;
  const victims = [...parties.tasks.values()].filter((task) => isSourceAt(item.place, task));
  timeline.at(startMs + Math.max(item.fromMs, 3_600_000), () => {
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
