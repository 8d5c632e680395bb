/**
 * A processor that does not hand in the sum of what it has accepted. The other one is honest, and
 * what both decided stays as it was said: only sums, lists and copies are false. What it would take
 * to escape the combiner's check of ranges is measured: an unmatched share is uniform below p.
 */

import { toHex } from '@priolab/crypto';
import { PACKETS, SIGNATURE } from '@priolab/nodes';
import { FIELD_MODULUS } from '@priolab/prio';
import {
  REPORT_ID_SIZE,
  decodeHeader,
  includedDigest,
  reasonCode,
  reportIdsOf,
} from '@priolab/roles';
import type {
  AggregateShare,
  Processor,
  ProcessorRole,
  ShareBatch,
  VerifierShareBlock,
} from '@priolab/roles';
import type { Header, SignedObject } from '@priolab/roles';
import type { ObjectStore } from '@priolab/runtime';

import { windowKey } from '../book.ts';
import type { FaultContext, Inject } from '../fault.ts';
import { openShares } from './own-shares.ts';
import { count, flag } from './parameters.ts';
import { roleOf, sumNameOf } from './parties-at.ts';
import type { SumName } from './parties-at.ts';

const PEER_REFUSED = reasonCode('peer-refused');

/** Puts a decorator on some processors. */
export function onProcessors(
  context: FaultContext,
  roles: readonly ProcessorRole[],
  decorate: (inner: Processor) => Partial<Processor>,
): void {
  context.hooks.processor.push((inner, { role }) =>
    roles.includes(role) ? { ...inner, ...decorate(inner) } : inner,
  );
}

/** Puts a decorator on the processor that the fault is at. */
export function onProcessor(
  context: FaultContext,
  decorate: (inner: Processor) => Partial<Processor>,
): void {
  onProcessors(context, [roleOf(context)], decorate);
}

const add = (a: number, b: number): number => (a + b) % FIELD_MODULUS;

/** That a sum with one unmatched share in every bin looks like one of `reports` bits. */
function measureEscape(context: FaultContext, share: AggregateShare): void {
  const inRange = (share.count + 1) / FIELD_MODULUS;
  context.measure('escape probability', inRange ** share.sum.length);
}

const tamperSum: Inject = (context) => {
  const delta = count(context.item, 'delta', 1);
  const struck = new Map<string, number>();
  onProcessor(context, (inner) => ({
    takeAggregateShares: () =>
      inner.takeAggregateShares().map((share) => {
        const { task, windowStartMs } = share;
        const window = windowKey(task, windowStartMs);
        if (!context.chooses(window)) return share;
        const bin = count(context.item, 'bin', 0) % share.sum.length;
        struck.set(window, bin);
        const what = `${delta} added to bin ${bin}`;
        context.strike({ what, windows: [window], allowed: ['accepted', 'total-out-of-range'] });
        const sum = share.sum.slice();
        sum[bin] = add(sum[bin]!, delta);
        return { ...share, sum };
      }),
  }));
  context.atEnd(() => {
    const { windows } = context.book;
    const all = [...windows].filter(([, { published, held }]) => (published ?? held) !== undefined);
    const caught = [...struck.keys()].filter((window) => windows.get(window)?.held !== undefined);
    context.measure('windows changed', struck.size);
    context.measure('noticed by the range check', caught.length);
    // An authority that knows one state's true total notices if that is among those changed.
    context.measure('noticed by one canary of a window', struck.size / Math.max(1, all.length));
  });
};

/** What a processor leaves out of a window's sum, or puts in. */
interface Change {
  reports: number;
  readonly sum: Map<number, number>;
  /** Digest of what it has really summed, where it says so. */
  digest?: string;
}

function createChanges(): (window: string) => Change {
  const changes = new Map<string, Change>();
  return (window) => {
    const known = changes.get(window) ?? { reports: 0, sum: new Map() };
    changes.set(window, known);
    return known;
  };
}

const drop: Inject = (context) => {
  const hides = flag(context.item, 'hide', true);
  const changeOf = createChanges();
  onProcessor(context, (inner) => {
    let batch: ShareBatch | undefined;
    return {
      verifyInit(next) {
        batch = next as ShareBatch;
        return inner.verifyInit(next);
      },
      verifyNext(peer) {
        const status = inner.verifyNext(peer).slice();
        const ids = reportIdsOf(peer);
        const dropped = ids.filter((id, i) => status[i] === 0 && context.chooses(id));
        if (dropped.length === 0) return status;
        const window = windowKey(batch!.task, batch!.windowStartMs);
        changeOf(window).reports += dropped.length;
        context.strike({
          what: `${dropped.length} reports left out of the sum`,
          reports: dropped.map((id) => context.book.reportOf(id)!),
          windows: [window],
          allowed: [hides ? 'total-out-of-range' : 'counts-differ'],
        });
        inner.verifyNext(without(peer, new Set(dropped)));
        return status;
      },
      takeAggregateShares: () =>
        inner.takeAggregateShares().map((share) => {
          const change = changeOf(windowKey(share.task, share.windowStartMs));
          const { reports } = change;
          // A task that is done again leaves the same reports out again.
          change.reports = 0;
          if (reports > 0) measureEscape(context, share);
          const hidden = hides ? reports : 0;
          const { count: counted, rejectedCount } = share;
          return { ...share, count: counted + hidden, rejectedCount: rejectedCount - hidden };
        }),
    };
  });
};

/** The peer's word as if it had refused some reports. */
function without(peer: VerifierShareBlock, ids: ReadonlySet<string>): VerifierShareBlock {
  const status = peer.status.slice();
  reportIdsOf(peer).forEach((id, i) => {
    if (ids.has(id)) status[i] = PEER_REFUSED;
  });
  return { ...peer, status };
}

/** Leaves one report out and counts another twice; half of the time it admits it. */
const substitute: Inject = (context) => {
  const changeOf = createChanges();
  const included = new Map<string, Uint8Array[]>();
  const seen = new Set<string>();
  onProcessor(context, (inner) => {
    let batch: ShareBatch | undefined;
    return {
      verifyInit(next) {
        batch = next as ShareBatch;
        return inner.verifyInit(next);
      },
      verifyNext(peer) {
        const status = inner.verifyNext(peer).slice();
        const window = windowKey(batch!.task, batch!.windowStartMs);
        // A task that is done again does the same again.
        const name = `${window}/${toHex(batch!.batchId)}`;
        if (seen.has(name)) return status;
        seen.add(name);
        const ids = included.get(window) ?? [];
        included.set(window, ids);
        const good = reportIdsOf(peer).flatMap((id, i) => (status[i] === 0 ? [{ id, i }] : []));
        for (const { i } of good) {
          ids.push(batch!.reportIds.slice(i * REPORT_ID_SIZE, (i + 1) * REPORT_ID_SIZE));
        }
        const [out, twice] = good;
        if (out === undefined || twice === undefined || !context.chooses(window)) return status;
        swap(context, batch!, { out: out.i, twice: twice.i }, changeOf(window));
        const isOpen = context.draw(`says ${window}`) % 2 === 0;
        context.strike({
          what: `${twice.id} summed in place of ${out.id}${isOpen ? ', and said so' : ''}`,
          windows: [window],
          allowed: [isOpen ? 'included-differ' : 'total-out-of-range'],
        });
        const said = ids.map((id) => (toHex(id) === out.id ? Buffer.from(twice.id, 'hex') : id));
        if (isOpen) changeOf(window).digest = includedDigest(said);
        return status;
      },
      takeAggregateShares: () =>
        inner.takeAggregateShares().map((share) => {
          const change = changeOf(windowKey(share.task, share.windowStartMs));
          if (change.sum.size === 0) return share;
          measureEscape(context, share);
          const sum = share.sum.map((element, bin) => add(element, change.sum.get(bin) ?? 0));
          return { ...share, sum };
        }),
    };
  });
  resealing(context, ({ window, header }) => {
    const { digest } = changeOf(window);
    return digest === undefined ? header : { ...header, includedDigest: digest };
  });
};

function swap(
  context: FaultContext,
  batch: ShareBatch,
  { out, twice }: { readonly out: number; readonly twice: number },
  { sum }: Change,
): void {
  const { prio2, shares } = openShares(context, roleOf(context), batch);
  const { proofLen, dimension } = prio2.shape;
  for (let bin = 0; bin < dimension; bin++) {
    const gained = shares[twice * proofLen + bin]! + FIELD_MODULUS - shares[out * proofLen + bin]!;
    sum.set(bin, add(sum.get(bin) ?? 0, gained % FIELD_MODULUS));
  }
}

/** Changes the header of a sum before it is signed, the same each time. */
function resealing(
  context: FaultContext,
  change: (sum: { readonly window: string; readonly header: Header }) => Header,
): void {
  const owner = `processor/${roleOf(context)}`;
  context.hooks.signer.push((inner, where) => {
    if (where.owner !== owner) return inner;
    return {
      ...inner,
      seal(header, packets) {
        if (header['kind'] !== 'sum') return inner.seal(header, packets);
        const window = `${String(header['task'])}/${String(header['windowStartMs'])}`;
        return inner.seal(change({ window, header }), packets);
      },
    };
  });
}

const wrongList: Inject = (context) => {
  const lists = new Map<string, readonly string[]>();
  resealing(context, ({ window, header }) => {
    const batchIds = header['batchIds'] as readonly string[];
    if (!lists.has(window) && context.chooses(window)) {
      const stranger = context.draw(window).toString(16).padStart(32, '0');
      const isMore = context.draw(`more ${window}`) % 2 === 0;
      lists.set(window, isMore ? [...batchIds, stranger] : batchIds.slice(1));
      const what = `the list of batches has one ${isMore ? 'more' : 'less'}`;
      context.strike({ what, windows: [window], allowed: ['batches-differ'] });
    }
    return { ...header, batchIds: lists.get(window) ?? batchIds };
  });
};

/** Changes what the processor writes into one of its stores, sum by sum. */
function onSumPut(
  context: FaultContext,
  store: 'portal' | 'audit',
  put: (
    name: SumName,
    bytes: Uint8Array,
    inner: (bytes: Uint8Array) => Promise<boolean>,
  ) => Promise<boolean>,
): void {
  const evil = roleOf(context);
  context.hooks.desk.push((desk, { role }) => {
    if (role !== evil) return desk;
    const { [store]: inner } = desk;
    const changed: ObjectStore = {
      ...inner,
      put(key, bytes, options) {
        const name = sumNameOf(context, key);
        if (name === undefined) return inner.put(key, bytes, options);
        return put(name, bytes, (other) => inner.put(key, other, options));
      },
    };
    return { ...desk, [store]: changed };
  });
}

/** The auditor gets another sum, as well signed as the combiner's. */
const equivocate: Inject = (context) => {
  const others = new Map<string, { packets: Uint8Array; sealed?: SignedObject }>();
  onSumPut(context, 'audit', ({ window, ending }, bytes, put) => {
    if (ending.endsWith(PACKETS) && !others.has(window) && context.chooses(window)) {
      const packets = bytes.slice();
      packets[3]! ^= 1;
      others.set(window, { packets });
      const what = 'another sum for the auditor';
      context.strike({ what, windows: [window], allowed: ['sums-differ'] });
    }
    const other = others.get(window);
    if (other === undefined) return put(bytes);
    if (ending.endsWith(PACKETS)) return put(other.packets);
    if (ending.endsWith(SIGNATURE)) return put(other.sealed?.signature ?? bytes);
    const { packetDigest: _, ...fields } = decodeHeader(bytes)!;
    const signer = context.parties.signerOf(`processor/${roleOf(context)}`);
    other.sealed = signer.seal(fields, other.packets);
    return put(other.sealed.header);
  });
};

/** Yesterday's sum under today's name. */
const replaySum: Inject = (context) => {
  const earlier = new Map<string, { window: string; parts: Map<string, Uint8Array> }>();
  const replaced = new Map<string, Map<string, Uint8Array>>();
  onSumPut(context, 'portal', ({ task, window, ending }, bytes, put) => {
    const taskName = toHex(task.id);
    const last = earlier.get(taskName);
    const isNew = last?.window !== window;
    if (isNew && last !== undefined && !replaced.has(window) && context.chooses(window)) {
      replaced.set(window, last.parts);
      const what = 'the sum of a window before';
      context.strike({ what, windows: [window], allowed: ['wrong-window'] });
    }
    const old = replaced.get(window)?.get(ending);
    if (old !== undefined) return put(old);
    const parts = isNew ? new Map<string, Uint8Array>() : last.parts;
    earlier.set(taskName, { window, parts: parts.set(ending, bytes) });
    return put(bytes);
  });
};

/** Its own program takes the sum for delivered: it would write it again and again otherwise. */
const withhold: Inject = (context) => {
  const evil = roleOf(context);
  const kept = new Set<string>();
  const isKept = (key: string): boolean => {
    const window = sumNameOf(context, key)?.window;
    return window !== undefined && kept.has(window);
  };
  onSumPut(context, 'portal', ({ window }, bytes, put) => {
    if (!kept.has(window)) {
      if (!context.chooses(window)) return put(bytes);
      kept.add(window);
      const what = 'the sum is not handed in';
      context.strike({ what, windows: [window], allowed: [`no-${evil}-share`] });
    }
    return Promise.resolve(true);
  });
  context.hooks.desk.push((desk, { role }) => {
    if (role !== evil) return desk;
    const { portal } = desk;
    const stat: ObjectStore['stat'] = (key) =>
      isKept(key)
        ? Promise.resolve({ size: 0, writtenMs: context.timeline.nowMs() })
        : portal.stat(key);
    return { ...desk, portal: { ...portal, stat } };
  });
};

export const maliciousSumFaults: Readonly<Record<string, Inject>> = {
  'mal.tamper_sum': tamperSum,
  'mal.drop': drop,
  'mal.substitute': substitute,
  'mal.wrong_list': wrongList,
  'mal.equivocate': equivocate,
  'mal.replay_sum': replaySum,
  'mal.withhold': withhold,
};
