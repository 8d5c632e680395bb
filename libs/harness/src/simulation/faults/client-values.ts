/**
 * Attacks by clients with what they report: whole fleets that vote as one, in reports that are
 * valid in every way. The protocol can't tell; what it costs is bounded, and measured here.
 */

import type { Line } from '../../run/world.ts';
import { windowKey } from '../book.ts';
import type { ReportEntry } from '../book.ts';
import type { FaultContext, Inject } from '../fault.ts';
import type { BlockPlace } from '../phones.ts';
import { madeMs, strikeSlots, withStages } from './device-stages.ts';
import { count, word } from './parameters.ts';

/** Reports of a bin's choice without noise, in the slots that may be struck. */
function vote(
  context: FaultContext,
  votes: Set<number>,
  options: { readonly bin: number; readonly mayStrike?: (report: number, key: string) => boolean },
): void {
  const { bin, mayStrike = () => true } = options;
  const { phones } = context.hooks;
  phones.devices.push((line: Line, place: BlockPlace) =>
    withStages(line, (device) => ({
      randomise(block, branch) {
        const report = device.randomise(block, branch);
        const { dimension, proofLen, id } = { ...block.task.shape, id: block.task };
        if (bin >= dimension) return report;
        const slots = strikeSlots(context, block, {
          place,
          what: `votes for bin ${bin}`,
          allowed: ['accepted'],
          mayStrike(slot) {
            const createdMs = madeMs(block, slot);
            const key = windowKey(id, createdMs - (createdMs % id.windowMs));
            return line.deeds.bySlot[slot] === 0 && mayStrike(place.firstReport + slot, key);
          },
        });
        for (const slot of slots) {
          report.proofs.fill(0, slot * proofLen, slot * proofLen + dimension);
          report.proofs[slot * proofLen + bin] = 1;
          votes.add(place.firstReport + slot);
        }
        return report;
      },
    })),
  );
  phones.uploads.push((report) => {
    // What it says was measured by nobody.
    if (votes.has(report.number)) context.book.invented(report.number);
    return [report];
  });
}

/** Published windows with the reports in them. */
function publishedWindows({ book }: FaultContext) {
  const reportsIn = new Map<string, ReportEntry[]>();
  for (const entry of book.reports) {
    if (book.fateOf(entry.number).outcome !== 'accepted') continue;
    const key = windowKey(entry.task, entry.windowStartMs);
    reportsIn.set(key, [...(reportsIn.get(key) ?? []), entry]);
  }
  return [...reportsIn].map(([key, reports]) => ({
    reports,
    totals: [...book.windows.get(key)!.published!.result.totals],
  }));
}

/** What the votes really added to the published totals, and to which bin. */
function measureVotes(context: FaultContext, votes: ReadonlySet<number>, bin: number): void {
  context.atEnd(() => {
    const sizes = { into: 0, elsewhere: 0, counted: 0, all: 0 };
    for (const { reports, totals } of publishedWindows(context)) {
      const others = reports.filter(({ number }) => !votes.has(number));
      sizes.counted += reports.length - others.length;
      sizes.all += reports.length;
      totals.forEach((total, k) => {
        const added = total - others.reduce((sum, { sent }) => sum + sent[k]!, 0);
        if (k === bin) sizes.into += added;
        else sizes.elsewhere += Math.abs(added);
      });
    }
    context.measure('votes counted', sizes.counted);
    context.measure('added to the bin', sizes.into);
    context.measure('added elsewhere', sizes.elsewhere);
    context.measure('share of all reports', sizes.counted / Math.max(1, sizes.all));
  });
}

const poisonValid: Inject = (context) => {
  const bin = count(context.item, 'bin', 0);
  const votes = new Set<number>();
  vote(context, votes, { bin });
  measureVotes(context, votes, bin);
};

/** To isolate, all but one phone of each window are the attacker's: what is left is that one's. */
const sybil: Inject = (context) => {
  const isolates = word(context.item, 'goal', 'poison') === 'isolate';
  const votes = new Set<number>();
  const victims = new Map<string, number>();
  const mayStrike = (report: number, window: string): boolean => {
    if (!isolates) return true;
    if (!victims.has(window)) victims.set(window, report);
    return victims.get(window) !== report;
  };
  vote(context, votes, { bin: 0, mayStrike });
  measureVotes(context, votes, 0);
  context.atEnd(() => {
    const honest = publishedWindows(context).map(
      ({ reports }) => reports.filter(({ number }) => !votes.has(number)).length,
    );
    context.measure('honest reports in the smallest set', Math.min(Infinity, ...honest));
  });
};

/** Done by the tampering device. Prio2 proves bits, not how many: what that adds is measured. */
const multiHot: Inject = ({ book, measure, atEnd }) =>
  atEnd(() => {
    const counted = book.reports.filter(
      ({ number, clean, sent }) =>
        clean === undefined &&
        sent.every((bit) => bit === 1) &&
        book.fateOf(number).outcome === 'accepted',
    );
    const excess = counted.reduce((sum, { sent }) => sum + sent.length - 1, 0);
    measure('reports with every bin set', counted.length);
    measure('added beyond one bin each', excess);
    measure('share of all reports', counted.length / Math.max(1, book.reports.length));
  });

export const clientValueFaults: Readonly<Record<string, Inject>> = {
  'cli.multi_hot': multiHot,
  'cli.sybil': sybil,
  'cli.poison_valid': poisonValid,
};
