/**
 * Ingestion servers that cut batches as they should not: reports left out, doubled, moved, or put
 * together with another's share. Decorators on the vendor's ingestor.
 */

import { toHex } from '@priolab/crypto';
import { reasonCode } from '@priolab/roles';
import type { BatchPair, ProcessorRole, ShareBatch } from '@priolab/roles';

import type { FaultContext, Inject } from '../fault.ts';
import {
  assemble,
  chosenSlots,
  copyOf,
  idHex,
  onBatches,
  placesOf,
  reportsIn,
  sealedOf,
  strikeMissing,
  withHalf,
  without,
} from './halves.ts';
import { count, word } from './parameters.ts';

const DUPLICATE_ID = reasonCode('duplicate-report-id');

function sideOf({ item }: FaultContext): ProcessorRole {
  return word(item, 'side', 'helper') === 'leader' ? 'leader' : 'helper';
}

/** A change of a batch in which the fault chose some reports. */
function onChosen(
  context: FaultContext,
  act: (pair: BatchPair, slots: number[]) => readonly BatchPair[],
): void {
  onBatches(context, () => (pair) => {
    const slots = chosenSlots(context, pair.leader);
    return slots.length === 0 ? [pair] : act(pair, slots);
  });
}

const dropBoth: Inject = (context) => {
  const dropped = new Set<number>();
  onChosen(context, (pair, slots) => {
    const reports = reportsIn(context, pair.leader, slots);
    for (const report of reports) dropped.add(report);
    context.strike({ what: `left out ${reports.length} reports`, reports, allowed: ['lost'] });
    return [without(pair, 'both', slots)];
  });
  context.atEnd(() => {
    context.measure('dropped', dropped.size);
    context.measure('share of all', dropped.size / context.book.reports.length);
  });
};

const dropOne: Inject = (context) => {
  const side = sideOf(context);
  onBatches(context, () => (pair) => {
    const slots = chosenSlots(context, pair[side]);
    if (slots.length === 0) return [pair];
    const what = `left ${slots.length} reports out of the ${side}'s half`;
    strikeMissing(context, what, { pair, side, slots });
    return [without(pair, side, slots)];
  });
};

/** Counts what processors refuse as a copy; a batch that is worked on again counts once. */
function measureCopies(context: FaultContext): void {
  const copies = new Map<string, number>();
  context.hooks.processor.push((inner, { role }) => ({
    ...inner,
    verifyNext(peer) {
      const status = inner.verifyNext(peer);
      const refused = status.filter((code) => code === DUPLICATE_ID).length;
      copies.set(`${role} ${toHex(peer.batchId)}`, refused);
      return status;
    },
  }));
  context.atEnd(() => {
    const refused = [...copies.values()].reduce((a, b) => a + b, 0);
    context.measure('copies refused', refused);
    context.refused('duplicate-report-id', refused);
  });
}

/** The first counts, the second is refused, whichever side has it. */
const duplicateInBatch: Inject = (context) => {
  measureCopies(context);
  const side = word(context.item, 'side', 'both');
  onChosen(context, (pair, slots) => {
    const twice = (half: ShareBatch): ShareBatch =>
      assemble(half, [...placesOf(half), ...slots.map((slot) => ({ of: half, slot }))]);
    const reports = reportsIn(context, pair.leader, slots);
    context.strike({ what: `${reports.length} reports twice in one batch (${side})`, reports });
    const { leader, helper, uploadSlots } = pair;
    return [
      {
        leader: side === 'helper' ? leader : twice(leader),
        helper: side === 'leader' ? helper : twice(helper),
        uploadSlots,
      },
    ];
  });
};

/** Reports of one batch stand in the next one of the day as well. */
const duplicateAcrossBatches: Inject = (context) => {
  measureCopies(context);
  onBatches(context, () => {
    let kept: { readonly pair: BatchPair; readonly reports: readonly number[] } | undefined;
    return (pair) => {
      const before = kept;
      const slots = chosenSlots(context, pair.leader);
      const pick = (half: ShareBatch): ShareBatch =>
        assemble(
          half,
          slots.map((slot) => ({ of: half, slot })),
        );
      kept = {
        pair: { ...pair, leader: pick(pair.leader), helper: pick(pair.helper) },
        reports: reportsIn(context, pair.leader, slots),
      };
      if (before === undefined || before.reports.length === 0) return [pair];
      const { reports } = before;
      context.strike({ what: `${reports.length} reports again in the next batch`, reports });
      const longer = (half: ShareBatch, more: ShareBatch): ShareBatch =>
        assemble(half, [...placesOf(half), ...placesOf(more)]);
      return [
        {
          ...pair,
          leader: longer(pair.leader, before.pair.leader),
          helper: longer(pair.helper, before.pair.helper),
        },
      ];
    };
  });
};

const reorderOne: Inject = (context) => {
  const side = sideOf(context);
  onBatches(context, () => (pair) => {
    const half = pair[side];
    if (half.count < 2 || !context.chooses(`order ${idHex(half, 0)}`)) return [pair];
    const places = placesOf(half).reverse();
    const reports = reportsIn(
      context,
      half,
      places.map(({ slot }) => slot),
    );
    context.strike({ what: `the ${side}'s half the other way round`, reports });
    const changed = withHalf(pair, side, assemble(half, places));
    // They are in the order of the leader's half.
    const uploadSlots = side === 'leader' ? pair.uploadSlots.toReversed() : pair.uploadSlots;
    return [{ ...changed, uploadSlots }];
  });
};

/** Two reports exchange their shares for the helper; their ids stay. */
const pairSwap: Inject = (context) => {
  onChosen(context, (pair, slots) => {
    const helper = copyOf(pair.helper);
    const used: number[] = [];
    for (let k = 0; k + 1 < slots.length; k += 2) {
      const [a, b] = [slots[k]!, slots[k + 1]!];
      const first = sealedOf(helper, a).slice();
      sealedOf(helper, a).set(sealedOf(helper, b));
      sealedOf(helper, b).set(first);
      used.push(a, b);
    }
    if (used.length === 0) return [pair];
    const reports = reportsIn(context, helper, used);
    const what = `${used.length} reports with another's share`;
    context.strike({ what, reports, allowed: ['proof-invalid'] });
    return [{ ...pair, helper }];
  });
};

/** Each processor gets what was sealed for the other, padded or cut to its own size. */
const swapSides: Inject = (context) => {
  onChosen(context, (pair, slots) => {
    const leader = copyOf(pair.leader);
    const helper = copyOf(pair.helper);
    for (const slot of slots) {
      const forLeader = sealedOf(pair.leader, slot);
      sealedOf(leader, slot).fill(0).set(sealedOf(pair.helper, slot));
      sealedOf(helper, slot).set(forLeader.subarray(0, helper.sealedSize));
    }
    // Where the halves are in another order, a slot is another report's on the other side.
    const both = [pair.leader, pair.helper].flatMap((half) => reportsIn(context, half, slots));
    const reports = [...new Set(both)];
    const what = `${slots.length} reports with sides exchanged`;
    context.strike({ what, reports, allowed: ['decrypt-failed'] });
    return [{ ...pair, leader, helper }];
  });
};

/** The helper's batches end a few reports earlier: those are in its next batch of the day. */
const splitUneven: Inject = (context) => {
  onBatches(context, () => {
    let carried: ShareBatch | undefined;
    return (pair) => {
      const { helper } = pair;
      const places = placesOf(helper);
      const first = carried === undefined ? [] : placesOf(carried);
      const cutAt = context.chooses(`cut ${idHex(helper, 0)}`)
        ? Math.max(1, Math.ceil(places.length / 2))
        : places.length;
      const tail = places.slice(cutAt);
      if (tail.length > 0) {
        const slots = tail.map(({ slot }) => slot);
        const what = `the helper's batch ends ${slots.length} reports earlier`;
        strikeMissing(context, what, { pair, side: 'helper', slots });
      }
      carried = assemble(helper, tail);
      return [{ ...pair, helper: assemble(helper, [...first, ...places.slice(0, cutAt)]) }];
    };
  });
};

/** A further batch without any report; at one side its reports are left out. */
const emptyBatch: Inject = (context) => {
  const side = word(context.item, 'side', 'both');
  onBatches(context, () => (pair) => {
    if (!context.chooses(`empty ${idHex(pair.leader, 0)}`)) return [pair];
    const nothing = (half: ShareBatch): ShareBatch => assemble(half, []);
    if (side === 'both') {
      const batchId = pair.leader.batchId.map((byte) => byte ^ 0xff);
      const empty = (half: ShareBatch): ShareBatch => ({ ...nothing(half), batchId });
      context.strike({ what: 'a batch without reports' });
      const { leader, helper } = pair;
      const uploadSlots = new Uint32Array(0);
      return [pair, { leader: empty(leader), helper: empty(helper), uploadSlots }];
    }
    const role: ProcessorRole = side === 'leader' ? 'leader' : 'helper';
    const slots = placesOf(pair[role]).map(({ slot }) => slot);
    strikeMissing(context, `the ${role}'s half is empty`, { pair, side: role, slots });
    return [withHalf(pair, role, nothing(pair[role]))];
  });
};

/**
 * All honest reports but some victims' are left out of the batches: what is published is the
 * victims' and what the attacker's own phones sent. The deployed system can't tell them apart: what
 * would is attested phones (an attacker must own as many as the minimum). The simulator can.
 */
const isolate: Inject = (context) => {
  const victims = count(context.item, 'victims', 1);
  /** Their ids: a server that batches the same uploads again, as after a crash, meets the same. */
  const victimsOf = new Map<string, Set<string>>();
  onBatches(context, ({ task, day }) => (pair) => {
    const { leader } = pair;
    const isHonest = (slot: number): boolean => {
      const report = context.book.reportOf(idHex(leader, slot));
      return report !== undefined && context.book.reports[report]!.clean !== undefined;
    };
    const honest = placesOf(leader)
      .map(({ slot }) => slot)
      .filter(isHonest);
    const cell = `${task.state} ${task.vendor} ${task.metric.id} ${day}`;
    if (!context.chooses(`isolate ${cell}`)) return [pair];
    const chosen = victimsOf.get(cell) ?? new Set();
    victimsOf.set(cell, chosen);
    for (const slot of honest) if (chosen.size < victims) chosen.add(idHex(leader, slot));
    const gone = honest.filter((slot) => !chosen.has(idHex(leader, slot)));
    if (gone.length === 0) return [pair];
    const reports = reportsIn(context, leader, gone);
    const left = honest.length - gone.length;
    context.strike({ what: `isolates ${left} in ${cell}`, reports, allowed: ['lost'] });
    return [without(pair, 'both', gone)];
  });
  context.atEnd(() =>
    context.measure(
      'victims isolated',
      [...victimsOf.values()].reduce((sum, { size }) => sum + size, 0),
    ),
  );
};

export const batchFaults: Readonly<Record<string, Inject>> = {
  'ing.drop_both': dropBoth,
  'ing.drop_one': dropOne,
  'ing.dup_in_batch': duplicateInBatch,
  'ing.dup_cross_batch': duplicateAcrossBatches,
  'ing.reorder_one': reorderOne,
  'ing.pair_swap': pairSwap,
  'ing.swap_sides': swapSides,
  'ing.split_uneven': splitUneven,
  'ing.empty_batch': emptyBatch,
  'ing.isolate': isolate,
};
