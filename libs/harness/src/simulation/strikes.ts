/**
 * What faults did to whom, and what may come of it. A report that no fault struck must be accepted;
 * one that some did may end as any of them allows. So a fault can't excuse what it did not touch,
 * nor under a reason that the catalogue does not say of it.
 */

import { faults as catalogue } from '../faults/catalogue.ts';
import type { FaultId } from '../faults/catalogue.ts';
import type { FaultReason } from '../faults/reasons.ts';
import type { AllowedFate, Strike } from './fault.ts';
import type { NemesisItem } from './settings.ts';

/** One entry of the fault log. */
export interface LoggedStrike {
  /** When it showed. */
  readonly timeMs: number;
  /** Index in the scenario's list of faults. */
  readonly item: number;
  readonly what: string;
  readonly reportCount: number;
}

export interface Strikes {
  add(timeMs: number, item: number, strike: Strike): void;
  /**
   * Phones plan their day ahead. What strikes reports meanwhile shows, and stands in the log, when
   * the first of these is sent.
   */
  ahead(plan: () => void): void;
  /** A report is sent, or will not be. */
  sent(timeMs: number, report: number): void;
  /**
   * What else may become of a report, without another strike.
   * @param item left out: no fault of `nemesis` touched it, its sender cheats
   */
  excuse(report: number, allowed: readonly AllowedFate[], item?: number): void;
  /** The same of all reports of a window, which need not be published. */
  excuseWindow(window: string, allowed: readonly AllowedFate[], item: number): void;
  measure(item: number, name: string, value: number): void;
  /** Copies, or what no report is in, that were refused because of a fault. */
  refused(item: number, reason: FaultReason, count: number): void;
  /** By fault and reason. */
  readonly refusals: readonly Readonly<Record<string, number>>[];
  /** What each fault measured of itself. */
  readonly measured: readonly Readonly<Record<string, number>>[];
  readonly log: readonly LoggedStrike[];
  /** How often each of the scenario's faults struck; one made of faults, as often as those. */
  readonly fired: readonly number[];
  /** What may become of a report, and through which faults. */
  allowedFor(
    report: number,
    batchIds: readonly string[],
    window: string,
  ): {
    readonly fates: ReadonlySet<AllowedFate>;
    readonly items: readonly number[];
    readonly isTouched: boolean;
  };
  isExcused(window: string): boolean;
  hasStruckBatch(item: number, batchId: string): boolean;
  hasStruckWindow(item: number, window: string): boolean;
}

/** What a fault that struck allows. */
interface Allowance {
  /** Index in the scenario's list of faults. */
  readonly item: number;
  readonly allowed: readonly AllowedFate[];
}

/** Strikes kept word for word, for each fault. */
const LOGGED_MAX = 200;
/** Fates that are no refusal. */
const ENDS: ReadonlySet<string> = new Set(['accepted', 'lost', 'pending']);
/** In place of an index in `nemesis`. */
const NOBODY = -1;

/** A fault whose code allows, or counts, what its card does not name: a bug of ours. */
function assertDocumented({ id }: NemesisItem, fates: readonly string[]): void {
  const reasons: readonly string[] = catalogue[id as FaultId].reasons ?? [];
  const odd = fates.find((fate) => !ENDS.has(fate) && !reasons.includes(fate));
  if (odd === undefined) return;
  throw new RangeError(`${id}: expected one of its reasons [${reasons.join(', ')}], got ${odd}`);
}

const isAmong = (item: number, some: readonly Allowance[] = []): boolean =>
  some.some((one) => one.item === item);

export function createStrikes(
  items: readonly NemesisItem[],
  {
    onStrike,
    onShown,
  }: {
    /** A fault strikes; so often those of its id have. */
    readonly onStrike: (id: string, count: number) => void;
    /** What it did shows. */
    readonly onShown: (id: string) => void;
  },
): Strikes {
  const { log, show, ahead, sent } = createLog(items, onShown);
  const fired = items.map(() => 0);
  const firedById = new Map<string, number>();
  const count = (item: number): void => {
    fired[item]! += 1;
    const { id } = items[item]!;
    const times = (firedById.get(id) ?? 0) + 1;
    firedById.set(id, times);
    onStrike(id, times);
  };
  const measured: Record<string, number>[] = items.map(() => ({}));
  const refusals: Record<string, number>[] = items.map(() => ({}));
  const byReport = new Map<number, Allowance[]>();
  const byBatch = new Map<string, Allowance[]>();
  const byWindow = new Map<string, Allowance[]>();
  const enter = <K>(map: Map<K, Allowance[]>, key: K): Allowance[] => {
    const known = map.get(key) ?? [];
    map.set(key, known);
    return known;
  };
  return {
    log,
    ahead,
    sent,
    fired,
    measured,
    excuse(report, allowed, item = NOBODY) {
      if (item !== NOBODY) assertDocumented(items[item]!, allowed);
      enter(byReport, report).push({ item, allowed });
    },
    excuseWindow(window, allowed, item) {
      assertDocumented(items[item]!, allowed);
      enter(byWindow, window).push({ item, allowed });
    },
    refusals,
    refused(item, reason, count) {
      assertDocumented(items[item]!, [reason]);
      if (count > 0) refusals[item]![reason] = (refusals[item]![reason] ?? 0) + count;
    },
    measure(item, name, value) {
      const { id } = items[item]!;
      const { measures = [] } = catalogue[id as FaultId];
      if (!measures.includes(name)) {
        throw new RangeError(
          `${id}: expected one of its measures [${measures.join()}], got ${name}`,
        );
      }
      measured[item]![name] = value;
    },
    add(timeMs, item, { what, reports = [], seenIn = reports, allowed = ['accepted'], ...more }) {
      const { batchIds, windows } = more;
      assertDocumented(items[item]!, allowed);
      count(item);
      const { partOf } = items[item]!;
      if (partOf !== undefined) count(partOf);
      show({ timeMs, item, what, reportCount: reports.length }, seenIn);
      for (const report of reports) enter(byReport, report).push({ item, allowed });
      for (const batchId of batchIds ?? []) enter(byBatch, batchId).push({ item, allowed });
      for (const window of windows ?? []) enter(byWindow, window).push({ item, allowed });
    },
    allowedFor(report, batchIds, window) {
      const all = [
        ...(byReport.get(report) ?? []),
        ...batchIds.flatMap((batchId) => byBatch.get(batchId) ?? []),
        ...(byWindow.get(window) ?? []),
      ];
      const fates = new Set(all.flatMap(({ allowed }) => allowed));
      // Where only some faults must be refused, the report may not be counted.
      if (all.length === 0) fates.add('accepted');
      const items = new Set(all.map(({ item }) => item).filter((item) => item !== NOBODY));
      return { fates, items: [...items], isTouched: all.length > 0 };
    },
    isExcused: (window) => byWindow.has(window),
    hasStruckBatch: (item, batchId) => isAmong(item, byBatch.get(batchId)),
    hasStruckWindow: (item, window) => isAmong(item, byWindow.get(window)),
  };
}

/** What strikes in the order in which it shows. */
function createLog(items: readonly NemesisItem[], onShown: (id: string) => void) {
  const log: LoggedStrike[] = [];
  const shown = items.map(() => 0);
  const waiting = new Set<LoggedStrike>();
  const byReport = new Map<number, LoggedStrike[]>();
  let isAhead = false;

  const enter = (strike: LoggedStrike): void => {
    const { timeMs, item } = strike;
    const { id, partOf } = items[item]!;
    shown[item]! += 1;
    onShown(id);
    if (partOf !== undefined) {
      shown[partOf]! += 1;
      onShown(items[partOf]!.id);
      // Its parts say the rest themselves.
      if (shown[partOf] === 1) log.push({ timeMs, item: partOf, what: 'begins', reportCount: 0 });
    }
    if (shown[item]! <= LOGGED_MAX) log.push(strike);
  };
  return {
    log,
    /** @param seenIn reports, of which the first that is sent shows it */
    show(strike: LoggedStrike, seenIn: readonly number[]): void {
      if (!isAhead || seenIn.length === 0) return enter(strike);
      waiting.add(strike);
      for (const report of seenIn) {
        byReport.set(report, [...(byReport.get(report) ?? []), strike]);
      }
    },
    ahead(plan: () => void): void {
      isAhead = true;
      plan();
      isAhead = false;
    },
    sent(timeMs: number, report: number): void {
      for (const strike of byReport.get(report) ?? []) {
        if (waiting.delete(strike)) enter({ ...strike, timeMs });
      }
      byReport.delete(report);
    },
  };
}
