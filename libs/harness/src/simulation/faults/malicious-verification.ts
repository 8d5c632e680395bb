/**
 * A processor that uses what it sees: it is curious, refuses or spoils good reports, helps bad ones
 * through, singles out a victim, tries again until it likes what comes, or knows some devices.
 *
 * Prio is robust against devices only while both processors are honest: one that fits its message
 * to its peer's lets a bad report pass. To commit to messages first would not help against a device
 * that tells the processor its other share as well. What remains is an audit of signed messages.
 */

import { toHex } from '@priolab/crypto';
import { SIGNATURE, endings, peerOf } from '@priolab/nodes';
import { FIELD_MODULUS } from '@priolab/prio';
import { reasonCode, reportIdsOf } from '@priolab/roles';
import type { Processor, ShareBatch, VerifierShareBlock } from '@priolab/roles';

import { normalQuantile } from '../../statistics/normal.ts';
import { windowKey } from '../book.ts';
import type { FaultContext, Inject } from '../fault.ts';
import { onProcessor } from './malicious-sums.ts';
import { auditWords, openShares, wordOf } from './own-shares.ts';
import { count } from './parameters.ts';
import { roleOf } from './parties-at.ts';
import { distinguish } from './telling.ts';

const DECRYPT_FAILED = reasonCode('decrypt-failed');
/** Of a claim that nothing depends on the values: chance of a false alarm. */
const ALPHA = 1e-6;

const mulAdd = (a: number, b: number, c: number): number =>
  Number((BigInt(a) * BigInt(b) + BigInt(c)) % BigInt(FIELD_MODULUS));

/** Looks at each batch and may change, in place, what the processor will say and decide of it. */
function atEachBatch(
  context: FaultContext,
  look: (batch: ShareBatch, own: VerifierShareBlock, inner: Processor) => void,
): ReadonlyMap<string, ShareBatch> {
  const seen = new Map<string, ShareBatch>();
  onProcessor(context, (inner) => ({
    verifyInit(next) {
      const batch = next as ShareBatch;
      const own = inner.verifyInit(batch);
      seen.set(toHex(batch.batchId), batch);
      look(batch, own, inner);
      return own;
    },
  }));
  return seen;
}

/** Measures whether an audit finds each report that was lied about, and no other. */
function auditAtEnd(
  context: FaultContext,
  batches: ReadonlyMap<string, ShareBatch>,
  lies: ReadonlySet<string>,
): void {
  context.atEnd(() => {
    const found = auditWords(context, roleOf(context), batches.values());
    const missed = [...lies].filter((id) => !found.has(id));
    context.measure('lies', lies.size);
    context.measure('lies that an audit finds', lies.size - missed.length);
    context.measure('honest words that it blames', found.size - (lies.size - missed.length));
  });
}

/** If something tells the values after all, nothing may become of these reports. */
function expectIndependence(
  context: FaultContext,
  samples: readonly { readonly report: number; readonly features: readonly number[] }[],
): void {
  const { reports } = context.book;
  const bins = reports[0]?.sent.length ?? 0;
  const features = samples.map((one) => one.features);
  let largest = 0;
  let compared = 0;
  let worst = 0;
  for (let bin = 0; bin < bins; bin++) {
    const values = samples.map(({ report }) => reports[report]!.sent[bin]!);
    const { z, standardError } = distinguish(features, values);
    if (z === undefined) continue;
    compared += features[0]!.length;
    largest = Math.max(largest, z);
    worst = Math.max(worst, standardError);
  }
  const tests = Math.max(1, compared);
  const limit = normalQuantile(1 - ALPHA / (2 * tests));
  context.measure('comparisons', compared);
  context.measure('largest z', largest);
  context.measure('limit of z', limit);
  // In standard deviations of what is seen, half of the time.
  context.measure('smallest difference seen', limit * worst);
  if (largest <= limit) return;
  const told = samples.map(({ report }) => report);
  context.strike({ what: 'values can be told', reports: told, allowed: [] });
}

/** Keeps its shares, what it says and what it is told, and looks for the value in all of it. */
const curious: Inject = (context) => {
  const role = roleOf(context);
  const seen = new Map<number, number[]>();
  const batches = atEachBatch(context, (batch, own) => {
    const { prio2, shares, status } = openShares(context, role, batch);
    const { proofLen, dimension } = prio2.shape;
    reportIdsOf(batch).forEach((id, i) => {
      const report = context.book.reportOf(id);
      if (report === undefined || status[i] !== 0 || seen.has(report) || !context.chooses(id)) {
        return;
      }
      context.strike({ what: `looks at ${id}`, reports: [report] });
      const data = shares.subarray(i * proofLen, i * proofLen + dimension);
      const said = own.values.subarray(3 * i, 3 * i + 3);
      seen.set(report, [...data, ...said, data.reduce((sum, one) => sum + one, 0)]);
    });
  });
  context.atEnd(() => {
    for (const [batchId, batch] of batches) {
      const heard = wordOf(context, peerOf(role), batchId);
      for (const id of reportIdsOf(batch)) {
        const features = seen.get(context.book.reportOf(id) ?? -1);
        const word = heard?.get(id);
        if (features === undefined || word === undefined) continue;
        const own = features.slice(-4, -1);
        const sums = word.values.map((value, k) => (value + own[k]!) % FIELD_MODULUS);
        features.push(...word.values, ...sums);
      }
    }
    const most = Math.max(...[...seen.values()].map(({ length }) => length));
    const samples = [...seen].map(([report, features]) => ({ report, features }));
    expectIndependence(
      context,
      samples.filter(({ features }) => features.length === most),
    );
  });
};

/** Says of good reports that they can't be opened. */
const dropBoth: Inject = (context) => {
  const lies = new Set<string>();
  const batches = atEachBatch(context, (batch, own) => {
    reportIdsOf(batch).forEach((id, i) => {
      if (own.status[i] !== 0 || !(lies.has(id) || context.chooses(id))) return;
      own.status[i] = DECRYPT_FAILED;
      if (lies.has(id)) return;
      lies.add(id);
      const reports = [context.book.reportOf(id)!];
      const allowed = ['decrypt-failed'];
      context.strike({ what: `refuses ${id}`, reports, allowed });
    });
  });
  auditAtEnd(context, batches, lies);
  context.atEnd(() => {
    const total = [...batches.values()].reduce((sum, batch) => sum + batch.count, 0);
    context.measure('refusal rate', lies.size / Math.max(1, total));
  });
};

/** Spoils its message where its own share has a property, to learn from what survives. */
const selectiveFailure: Inject = (context) => {
  const below = count(context.item, 'below', 32);
  const lies = new Set<string>();
  const samples = new Map<number, number>();
  const batches = atEachBatch(context, (batch, own) => {
    const { prio2, shares } = openShares(context, roleOf(context), batch);
    reportIdsOf(batch).forEach((id, i) => {
      const report = context.book.reportOf(id);
      if (own.status[i] !== 0 || report === undefined) return;
      const isHit = shares[i * prio2.shape.proofLen]! % 256 < below;
      const isNew = !samples.has(report);
      if (isNew) samples.set(report, isHit ? 1 : 0);
      if (!isHit || !(lies.has(id) || context.chooses(id))) return;
      own.values[3 * i] = (own.values[3 * i]! + 1) % FIELD_MODULUS;
      if (lies.has(id)) return;
      lies.add(id);
      const allowed = ['proof-invalid'];
      context.strike({ what: `spoils the proof of ${id}`, reports: [report], allowed });
    });
  });
  auditAtEnd(context, batches, lies);
  context.atEnd(() => {
    const features = [...samples].map(([report, hit]) => ({ report, features: [hit] }));
    expectIndependence(context, features);
  });
};

/** Longer than it takes the peer to say what it will say. */
const RUSHING_PATIENCE = 6;

/** Waits for the peer's message and then says whatever makes a bad report pass. */
const rushing: Inject = (context) => {
  const role = roleOf(context);
  const lies = new Set<string>();
  const { scanEveryMs } = context.settings;
  context.hooks.desk.push((desk, where) => {
    if (where.role !== role) return desk;
    const get = async (key: string): Promise<Uint8Array | undefined> => {
      const batchId = /\/([0-9a-f]{32})\./.exec(key)?.[1];
      for (let i = 0; i < RUSHING_PATIENCE && key.endsWith(endings.batch + SIGNATURE); i++) {
        if (wordOf(context, peerOf(role), batchId!) !== undefined) break;
        await context.timeline.sleep(scanEveryMs);
      }
      return desk.ingestion.get(key);
    };
    return { ...desk, ingestion: { ...desk.ingestion, get } };
  });
  const batches = atEachBatch(context, (batch, own) => {
    const heard = wordOf(context, peerOf(role), toHex(batch.batchId));
    reportIdsOf(batch).forEach((id, i) => {
      const word = heard?.get(id);
      if (word === undefined || word.status !== 0 || own.status[i] !== 0) return;
      const [f, g, h] = word.values;
      const sum = (k: number, other: number) => (own.values[3 * i + k]! + other) % FIELD_MODULUS;
      const fitting = mulAdd(sum(0, f), sum(1, g), FIELD_MODULUS - h);
      if (own.values[3 * i + 2] === fitting) return;
      if (!(lies.has(id) || context.chooses(id))) return;
      own.values[3 * i + 2] = fitting;
      if (lies.has(id)) return;
      lies.add(id);
      context.strike({
        what: `makes ${id} pass`,
        reports: [context.book.reportOf(id)!],
        windows: [windowKey(batch.task, batch.windowStartMs)],
        allowed: ['accepted', 'total-out-of-range'],
      });
    });
  });
  auditAtEnd(context, batches, lies);
};

/** Refuses all of a window but one report, and would hand out the sum of that one. */
const isolate: Inject = (context) => {
  const victims = new Map<string, string>();
  const known = new Set<string>();
  const role = roleOf(context);
  context.hooks.desk.push((desk, where) =>
    where.role === role ? { ...desk, settings: { ...desk.settings, minBatch: () => 1 } } : desk,
  );
  atEachBatch(context, (batch, own) => {
    const window = windowKey(batch.task, batch.windowStartMs);
    const ids = reportIdsOf(batch);
    const first = ids.find((_, i) => own.status[i] === 0);
    if (!victims.has(window) && (first === undefined || !context.chooses(window))) return;
    const victim = victims.get(window) ?? first!;
    victims.set(window, victim);
    const others = ids.filter((id, i) => own.status[i] === 0 && id !== victim);
    for (const id of others) own.status[ids.indexOf(id)] = DECRYPT_FAILED;
    const batchId = toHex(batch.batchId);
    if (known.has(batchId)) return;
    known.add(batchId);
    const numbers = (list: readonly string[]) => list.map((id) => context.book.reportOf(id)!);
    const what = `all but ${victim} refused`;
    const allowed = ['decrypt-failed'];
    context.strike({ what, reports: numbers(others), allowed });
    if (!ids.includes(victim)) return;
    // Nothing may come of the window itself.
    context.strike({ what, windows: [window], allowed: [] });
    // One report is published alone where that is not below the minimum.
    const alone = context.settings.minBatch(batch.task) > 1 ? 'below-minimum' : 'accepted';
    context.strike({ what, reports: numbers([victim]), allowed: [alone] });
  });
};

/** Nothing that a processor does is left to its own chance: to try again gives the same. */
const grind: Inject = (context) => {
  const tries = count(context.item, 'tries', 16);
  let most = 0;
  onProcessor(context, (inner) => ({
    verifyInit(batch) {
      const batchId = toHex(batch.batchId);
      if (!context.chooses(batchId)) return inner.verifyInit(batch);
      const outcomes = new Set<string>();
      let own = inner.verifyInit(batch);
      for (let i = 0; i < tries; i++) {
        own = inner.verifyInit(batch);
        outcomes.add([...own.values.subarray(0, 3 * own.count)].join());
      }
      most = Math.max(most, outcomes.size);
      const what = `${tries} tries at ${batchId}: ${outcomes.size} outcomes`;
      const isFree = outcomes.size > 1;
      context.strike(isFree ? { what, batchIds: [batchId], allowed: [] } : { what });
      return own;
    },
  }));
  context.atEnd(() => context.measure('different outcomes', most));
};

/** Devices that tell a processor their values: the others hide among fewer. */
const colludeClients: Inject = (context) => {
  const share = count(context.item, 'share', 0.05);
  const known = new Set<number>();
  context.hooks.phones.uploads.push((report) => {
    const { number, createdMs } = report;
    const isKnown = context.draw(`known ${number}`) < share * 2 ** 32;
    if (isKnown && context.chooses(`report ${number}`, createdMs)) {
      known.add(number);
      context.strike({ what: `knows report ${number}`, reports: [number] });
    }
    return [report];
  });
  context.atEnd(() => {
    const hidden: number[] = [];
    let tooFew = 0;
    for (const [window, { task: of, published }] of context.book.windows) {
      if (published === undefined) continue;
      const own = context.book.reports.filter(
        ({ task, windowStartMs, number }) =>
          windowKey(task, windowStartMs) === window &&
          known.has(number) &&
          context.book.fateOf(number).outcome === 'accepted',
      );
      const others = published.result.count - own.length;
      hidden.push(others);
      if (others < context.settings.minBatch(of)) tooFew += 1;
    }
    context.measure('known', known.size);
    context.measure('fewest among whom one hides', Math.min(...hidden));
    context.measure('windows below the minimum', tooFew);
  });
};

export const maliciousVerificationFaults: Readonly<Record<string, Inject>> = {
  'mal.curious': curious,
  'mal.drop_both': dropBoth,
  'mal.selective_failure': selectiveFailure,
  'mal.rushing': rushing,
  'mal.isolate': isolate,
  'mal.grind': grind,
  'mal.collude_clients': colludeClients,
};
