/**
 * One of the two processors breaks the protocol; the other and the combiner stay honest. A sum that
 * does not fit its peer's is held; what no honest party can see in two-server Prio (an addition to
 * one's own sum, a rejection without reason) is measured and disclosed.
 *
 * The book's truth comes from what the honest rules decided, before the processor changed anything.
 */

import { toHex } from '@priolab/crypto';
import { FIELD_MODULUS } from '@priolab/prio';
import { REPORT_ID_SIZE, reasonCode } from '@priolab/roles';
import type { AggregateShare, Header, Processor, ShareBatch, SignedObject } from '@priolab/roles';
import { batchBase, endings, peerOf, storeNames, windowBase } from '@priolab/nodes';

import type { FaultContext, Inject } from '../fault.ts';
import { onOperations, roleAt } from './acting.ts';
import { count, flag } from './parameters.ts';

const PROOF_INVALID = reasonCode('proof-invalid');
const DECRYPT_FAILED = reasonCode('decrypt-failed');

type Sum = { readonly header: Header; readonly packets: Uint8Array };

/** Changes the sum parts that the processor signs; undefined: leaves one as it is. */
function onSums(
  context: FaultContext,
  change: (sum: Sum, seal: (sum: Sum) => SignedObject) => SignedObject | undefined,
): void {
  const owner = `processor/${roleAt(context)}`;
  context.hooks.signer.push((inner, where) => {
    if (where.owner !== owner) return inner;
    return {
      ...inner,
      seal(header, packets) {
        const honest = (): SignedObject => inner.seal(header, packets);
        if (header['kind'] !== 'sum' || !context.isOn()) return honest();
        const seal = (sum: Sum): SignedObject => inner.seal(sum.header, sum.packets);
        return change({ header, packets }, seal) ?? honest();
      },
    };
  });
}

function windowOf({ header }: Sum): string {
  return `${String(header['task'])}/${String(header['windowStartMs'])}`;
}

const HELD = ['window-held'];

function idAt(ids: Uint8Array, index: number): string {
  return toHex(ids.subarray(index * REPORT_ID_SIZE, (index + 1) * REPORT_ID_SIZE));
}

/** Changes what the processor itself believes, batch by batch. */
function onProcessor(
  context: FaultContext,
  change: (inner: Processor, current: () => ShareBatch) => Partial<Processor>,
): void {
  context.hooks.processor.push((inner, { role }) => {
    if (role !== roleAt(context)) return inner;
    let batch: ShareBatch | undefined;
    const watched: Processor = {
      ...inner,
      verifyInit(next) {
        batch = next as ShareBatch;
        return inner.verifyInit(next);
      },
    };
    return { ...watched, ...change(watched, () => batch!) };
  });
}

/** Follows the protocol and remembers: nothing is changed, `view.indist` says what it can learn. */
const curious: Inject = (context) => {
  onProcessor(context, (inner) => ({
    verifyNext(peer) {
      const status = inner.verifyNext(peer);
      context.strike({ what: `keeps ${peer.count} shares and what the peer said` });
      return status;
    },
  }));
};

const tamperSum: Inject = (context) => {
  const bin = count(context.item, 'bin', 0);
  const delta = count(context.item, 'delta', 1);
  let tampered = 0;
  const windows = new Set<string>();
  onSums(context, (sum, seal) => {
    const window = windowOf(sum);
    if (!context.chooses(window) || sum.packets.length < 4 * (bin + 1)) return undefined;
    const packets = new Uint8Array(sum.packets);
    const view = new DataView(packets.buffer);
    view.setUint32(4 * bin, (view.getUint32(4 * bin) + delta) % FIELD_MODULUS);
    tampered += 1;
    windows.add(window);
    const allowed = ['accepted', 'window-held'];
    context.strike({ what: `adds ${delta} to bin ${bin}`, windows: [window], allowed });
    return seal({ header: sum.header, packets });
  });
  context.atEnd(() => {
    const held = [...windows].filter((key) => context.book.windows.get(key)?.held !== undefined);
    context.measure('noticed by the range check', held.length / Math.max(1, tampered));
  });
};

/** Leaves out reports that both accepted; `hide` counts them nevertheless. */
function leaveOut(
  context: FaultContext,
  options: { readonly hide: boolean; readonly takeRefused: boolean },
): void {
  onProcessor(context, (inner, current) => {
    let dropped = 0;
    return {
      verifyNext(peer) {
        const view = inner.verifyNext(peer);
        const honest = view.slice();
        const { task, windowStartMs, reportIds } = current();
        const spare = options.takeRefused ? honest.indexOf(PROOF_INVALID) : -1;
        const victim = honest.findIndex(
          (code, i) => code === 0 && context.chooses(idAt(reportIds, i)),
        );
        if (victim === -1 || (options.takeRefused && spare === -1)) return honest;
        // What the inner role will sum: its own status array is changed in place.
        view[victim] = PROOF_INVALID;
        if (spare !== -1) view[spare] = 0;
        else dropped += 1;
        const windows = [`${toHex(task.id)}/${windowStartMs}`];
        const what = `leaves out report ${context.book.reportOf(idAt(reportIds, victim))}`;
        context.strike({ what, windows, allowed: HELD });
        return honest;
      },
      takeAggregateShares() {
        const shares = inner.takeAggregateShares();
        const hidden = options.hide ? dropped : 0;
        dropped = 0;
        return shares.map((share) => recounted(share, hidden));
      },
    };
  });
}

function recounted(share: AggregateShare, hidden: number): AggregateShare {
  const { count: counted, rejectedCount } = share;
  return { ...share, count: counted + hidden, rejectedCount: rejectedCount - hidden };
}

const drop: Inject = (context) => {
  leaveOut(context, { hide: flag(context.item, 'hide', true), takeRefused: false });
};

const substitute: Inject = (context) => {
  leaveOut(context, { hide: false, takeRefused: true });
};

/** Says of good reports that they don't open, so that the peer drops them too. */
const dropBoth: Inject = (context) => {
  const struck = new Set<string>();
  onProcessor(context, (inner) => ({
    verifyInit(batch) {
      const block = inner.verifyInit(batch);
      for (let i = 0; i < block.count; i++) {
        const id = idAt(block.reportIds, i);
        const isChosen = struck.has(id) || (block.status[i] === 0 && context.chooses(id));
        if (!isChosen) continue;
        block.status[i] = DECRYPT_FAILED;
        if (struck.has(id)) continue;
        struck.add(id);
        const report = context.book.reportOf(id);
        const reports = report === undefined ? [] : [report];
        const allowed = ['decrypt-failed', 'peer-refused'];
        context.strike({ what: `declares report ${report} unreadable`, reports, allowed });
      }
      return block;
    },
  }));
  context.atEnd(() => {
    context.measure('share of reports rejected', struck.size / context.book.reports.length);
  });
};

/** Spoils its message where its own number has a property, and watches what survives. */
const selectiveFailure: Inject = (context) => {
  const below = count(context.item, 'below', 32);
  const spoilt = new Set<number>();
  onProcessor(context, (inner) => ({
    verifyInit(batch) {
      const block = inner.verifyInit(batch);
      for (let i = 0; i < block.count; i++) {
        if (block.status[i] !== 0 || (block.values[3 * i]! & 0xff) >= below) continue;
        const id = idAt(block.reportIds, i);
        const report = context.book.reportOf(id);
        if (report === undefined || (!spoilt.has(report) && !context.chooses(id))) continue;
        block.values[3 * i + 2] = (block.values[3 * i + 2]! + 1) % FIELD_MODULUS;
        if (spoilt.has(report)) continue;
        spoilt.add(report);
        const what = `spoils its message about report ${report}`;
        context.strike({ what, reports: [report], allowed: ['proof-invalid'] });
      }
      return block;
    },
  }));
  context.atEnd(() => {
    const { reports } = context.book;
    const rate = (bit: number): number => {
      const own = reports.filter(({ sent }) => sent[0] === bit);
      return own.filter(({ number }) => spoilt.has(number)).length / Math.max(1, own.length);
    };
    context.measure('share of reports rejected', spoilt.size / reports.length);
    // What survives must not depend on what is hidden.
    context.measure('difference by the hidden bit', Math.abs(rate(1) - rate(0)));
  });
};

/**
 * Waits for the peer's message and fits its own to it, for reports of devices that it works with:
 * f g = h then holds for any value. In Prio v2 nothing stands against this, and it gives such a
 * processor nothing that it could not do by adding to its own sum (`mal.tamper_sum`).
 */
const rushing: Inject = (context) => {
  const role = roleAt(context);
  const peer = peerOf(role);
  const isKnown = (id: string): boolean => {
    const report = context.book.reportOf(id);
    return report !== undefined && context.book.reports[report]!.clean === undefined;
  };
  const peerSaid = (base: string): Uint8Array | undefined =>
    context.stores
      .inside(storeNames.validity(role))
      .objects.get(`${base}${endings.validity(peer)}.packets`)?.bytes;
  context.queues[role].addPolicy(({ id }, deliver) => {
    if (!id.startsWith('intake-')) return deliver();
    const wait = (): void => {
      if (peerSaid(id.slice('intake-'.length)) !== undefined) deliver();
      else context.timeline.after(60_000, wait);
    };
    wait();
  });
  const fitted = new Set<string>();
  onProcessor(context, (inner) => ({
    verifyInit(batch) {
      const block = inner.verifyInit(batch);
      const packets = peerSaid(batchBase(batch.task, batch.windowStartMs, batch.batchId));
      for (let i = 0; i < block.count; i++) {
        const id = idAt(block.reportIds, i);
        if (!isKnown(id) || packets === undefined) continue;
        const said = messageAbout(id, packets);
        if (said === undefined) continue;
        // The role's own numbers are changed in place: its message and its verdict agree.
        fitTo(block.values, 3 * i, said);
        if (fitted.has(id)) continue;
        fitted.add(id);
        const report = context.book.reportOf(id)!;
        const what = `fits its message to the peer's about report ${report}`;
        const windows = [`${toHex(batch.task.id)}/${batch.windowStartMs}`];
        // A value far out of range makes a total that the combiner holds.
        context.strike({ what, reports: [report], windows, allowed: ['accepted', 'window-held'] });
      }
      return block;
    },
  }));
  context.atEnd(() => {
    context.measure('forged reports counted', fitted.size);
  });
};

const VALIDITY_SIZE = REPORT_ID_SIZE + 13;

/** f, g, h of one report among the packets of a validity object. */
function messageAbout(id: string, packets: Uint8Array): readonly bigint[] | undefined {
  for (let at = 0; at < packets.length; at += VALIDITY_SIZE) {
    if (toHex(packets.subarray(at, at + REPORT_ID_SIZE)) !== id) continue;
    const view = new DataView(packets.buffer, packets.byteOffset + at + REPORT_ID_SIZE + 1);
    return [0, 4, 8].map((k) => BigInt(view.getUint32(k)));
  }
  return undefined;
}

/** Sets h so that (f + f')(g + g') = h + h'. */
function fitTo(values: Uint32Array, at: number, [f, g, h]: readonly bigint[]): void {
  const p = BigInt(FIELD_MODULUS);
  const product = (BigInt(values[at]!) + f!) * (BigInt(values[at + 1]!) + g!);
  values[at + 2] = Number((((product - h!) % p) + p) % p);
}

/** Leaves another sum with the auditor than with the combiner: their copies are compared. */
const equivocate: Inject = (context) => {
  const owner = `processor/${roleAt(context)}`;
  const client = owner;
  const other = new Map<string, SignedObject>();
  onSums(context, (sum, seal) => {
    const packets = new Uint8Array(sum.packets);
    packets[3]! ^= 1;
    const { header } = sum;
    const key = `${String(header['task'])}/${String(header['windowStartMs'])}`;
    other.set(key, seal({ header, packets }));
    return undefined;
  });
  onOperations(
    context,
    (one) => one.kind === 'put' && one.client === client && one.store === storeNames.audit,
    (operation, next) => {
      const base = operation.key.replace(/\.sum_[01].*$/, '');
      const window = windowNamed(context, base);
      const changed = window === undefined ? undefined : other.get(window);
      if (changed === undefined || !context.chooses(base)) return next(operation);
      const what = `the auditor gets another sum of ${base}`;
      context.strike({ what, windows: [window!], allowed: HELD });
      const { header, packets, signature } = changed;
      const bytes = operation.key.endsWith('.sig')
        ? signature
        : operation.key.endsWith('.packets')
          ? packets
          : header;
      return next({ ...operation, bytes });
    },
  );
};

/** Hands in what it signed for an earlier window of the task. */
const replaySum: Inject = (context) => {
  const earlier = new Map<string, { readonly window: string; readonly signed: SignedObject }>();
  onSums(context, (sum, seal) => {
    const task = String(sum.header['task']);
    const window = windowOf(sum);
    const signed = seal(sum);
    const old = earlier.get(task) ?? { window, signed };
    earlier.set(task, old);
    if (old.window === window || !context.chooses(window)) return signed;
    context.strike({ what: 'hands in an old sum', windows: [window], allowed: HELD });
    return old.signed;
  });
};

const wrongList: Inject = (context) => {
  onSums(context, (sum, seal) => {
    if (!context.chooses(windowOf(sum))) return undefined;
    const batchIds = (sum.header['batchIds'] as readonly string[]).slice(1);
    context.strike({ what: 'lists a batch too few', windows: [windowOf(sum)], allowed: HELD });
    return seal({ header: { ...sum.header, batchIds }, packets: sum.packets });
  });
};

const withhold: Inject = (context) => {
  const client = `processor/${roleAt(context)}`;
  const withheld = new Set<string>();
  onOperations(
    context,
    (one) => one.kind === 'put' && one.client === client && one.store === storeNames.portal,
    (operation, next) => {
      const base = operation.key.replace(/\.sum_[01].*$/, '');
      if (!withheld.has(base) && !context.chooses(base)) return next(operation);
      if (!withheld.has(base)) {
        withheld.add(base);
        const window = windowNamed(context, base);
        const windows = window === undefined ? [] : [window];
        context.strike({ what: `keeps ${base} to itself`, windows, allowed: HELD });
        const { graceMs, peerPatienceMs, scanEveryMs } = context.settings;
        const dueMs = context.endMs + graceMs + peerPatienceMs + 2 * scanEveryMs;
        context.stayUntil(dueMs);
      }
      return Promise.resolve(true);
    },
  );
};

function windowNamed({ book }: FaultContext, base: string): string | undefined {
  return [...book.windows].find(
    ([, { task, windowStartMs }]) => windowBase(task, windowStartMs) === base,
  )?.[0];
}

/** Sums one victim's reports alone: the honest peer has summed them all, and the two don't fit. */
const isolate: Inject = (context) => {
  context.hooks.desk.push((desk, { role }) =>
    role === roleAt(context) ? { ...desk, settings: { ...desk.settings, minBatch: 1 } } : desk,
  );
  onProcessor(context, (inner, current) => ({
    verifyNext(peer) {
      const view = inner.verifyNext(peer);
      const honest = view.slice();
      const { task, windowStartMs } = current();
      const window = `${toHex(task.id)}/${windowStartMs}`;
      const victim = honest.indexOf(0);
      if (victim === -1 || !context.chooses(window)) return honest;
      for (let i = 0; i < honest.length; i++) if (i !== victim) view[i] = PROOF_INVALID;
      context.strike({ what: 'sums one report alone', windows: [window], allowed: HELD });
      return honest;
    },
  }));
};

/** Knows what some devices sent: the others hide among fewer than the count says. */
const colludeClients: Inject = (context) => {
  const share = count(context.item, 'share', 0.05);
  context.atEnd(() => {
    const known = context.book.reports.filter(
      ({ number }) => context.draw(`knows ${number}`) < share * 2 ** 32,
    );
    context.strike({ what: `knows ${known.length} reports` });
    const counts = [...context.book.windows.values()].flatMap(({ published }) =>
      published === undefined ? [] : [published.result],
    );
    const hidden = counts.map(({ task, windowStartMs, count: counted }) => {
      const own = known.filter(
        (one) => one.task === task && one.windowStartMs === windowStartMs,
      ).length;
      return counted - own;
    });
    context.measure('smallest count', Math.min(...counts.map(({ count: counted }) => counted)));
    context.measure('smallest set to hide in', Math.min(...hidden));
  });
};

export const maliciousFaultCode: Readonly<Record<string, Inject>> = {
  'mal.curious': curious,
  'mal.tamper_sum': tamperSum,
  'mal.drop': drop,
  'mal.drop_both': dropBoth,
  'mal.selective_failure': selectiveFailure,
  'mal.rushing': rushing,
  'mal.substitute': substitute,
  'mal.equivocate': equivocate,
  'mal.replay_sum': replaySum,
  'mal.wrong_list': wrongList,
  'mal.withhold': withhold,
  'mal.isolate': isolate,
  'mal.collude_clients': colludeClients,
};
