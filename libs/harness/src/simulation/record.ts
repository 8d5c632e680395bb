/**
 * From what a simulation left behind to the run record: fates, cells with their truth, tallies, and
 * the part that only simulated time has. Pure: it looks and counts.
 */

import { toHex } from '@priolab/crypto';
import { isSafeQueryRandomness } from '@priolab/prio';

import { adversaries as catalogue } from '../adversary/catalogue.ts';
import type { AdversaryId } from '../adversary/catalogue.ts';
import { toldEventIds, toldEvents } from '../faults/told-events.ts';
import { stateFateCounts } from '../record/fate-counts.ts';
import { fateCode } from '../record/fate.ts';
import type { Fate } from '../record/fate.ts';
import { noiseRecordOf } from '../record/noise-record.ts';
import type {
  CellRecord,
  FateCount,
  NoiseRecord,
  StateFateCount,
  TallyRecord,
} from '../record/run-record.ts';
import type {
  FaultRecord,
  SimulationRecord,
  UnexplainedCount,
  WrongFate,
} from '../record/simulation-record.ts';
import { DAY_MS, reasonCode } from '@priolab/roles';
import type { Task } from '@priolab/roles';
import type { Scenario } from '../scenario/scenario.ts';
import { emptyWindow, windowKey } from './book.ts';
import type { Book, BookedFate, Forgery, ReportEntry, WindowEntry } from './book.ts';
import { addRefusals, refusedOf } from './refusals.ts';
import type { NemesisItem } from './settings.ts';
import type { Simulated } from './simulate.ts';
import type { Strikes } from './strikes.ts';
import { VIEW_FEATURES } from './views.ts';

const EXAMPLES = 5;
export const MARKS_MAX = 1000;

/** Every report's fate, and what is wrong with it. */
export interface Closing {
  /** By report number. */
  readonly fates: readonly Fate[];
  /** Two bytes a report, as the ledger has them. */
  readonly ledger: Uint8Array;
  readonly wrong: readonly WrongFate[];
  readonly wrongCount: number;
  readonly untouched: number;
  readonly untouchedLost: number;
  readonly unexplained: readonly UnexplainedCount[];
  readonly faults: readonly FaultRecord[];
}

/** A fate as strikes name it: where a window was held, by what was wrong with it. */
function fateName({ outcome, reason, heldAs = reason }: BookedFate): string {
  return outcome === 'rejected' ? heldAs : outcome;
}

export function closeBook(simulated: Simulated, nemesis: readonly NemesisItem[]): Closing {
  const { book, strikes } = simulated;
  const faults = nemesis.map(({ id, at, fires }, index) => ({
    id,
    ...(at === undefined ? {} : { at }),
    fired: strikes.fired[index]!,
    fires,
    fates: {} as Record<string, number>,
    refused: refusedOf(simulated, index, id),
    unexpected: 0,
    measured: strikes.measured[index]!,
  }));
  const fates: Fate[] = [];
  const wrong: WrongFate[] = [];
  const unexplained: Omit<UnexplainedCount, 'count'>[] = [];
  const counts = { wrong: 0, untouched: 0, untouchedLost: 0 };
  const ledger = new Uint8Array(book.reports.length * 2);
  const small = smallWindows(simulated);
  for (const entry of book.reports) {
    const { allowed, items, isTouched, fate } = settle(book, strikes, entry);
    const window = windowKey(entry.task, entry.windowStartMs);
    if (small.atTheEnd.has(window)) allowed.add('below-minimum');
    fates[entry.number] = fate;
    const code = fateCode(fate.outcome, fate.hop, reasonCode(fate.reason));
    ledger[2 * entry.number] = code & 0xff;
    ledger[2 * entry.number + 1] = code >>> 8;
    const name = fateName(fate);
    const fits = allowed.has(name);
    if (!isTouched) counts.untouched += 1;
    // A fault that made a window too small has cost those of its reports that it did not touch.
    const isCost = name === 'below-minimum' && !small.fromTheStart.has(window);
    if (!isTouched && (!fits || isCost)) counts.untouchedLost += 1;
    for (const item of items) {
      const of = faults[item]!;
      of.fates[name] = (of.fates[name] ?? 0) + 1;
      if (!fits) of.unexpected += 1;
    }
    if (fits) continue;
    counts.wrong += 1;
    if (hasNoEnd(fate)) unexplained.push({ state: entry.task.state, hop: fate.hop, fate: name });
    if (wrong.length < EXAMPLES) {
      wrong.push({ report: entry.number, fate: name, allowed: [...allowed] });
    }
  }
  nemesis.forEach(({ partOf }, index) => {
    if (partOf !== undefined) addRefusals(faults[partOf]!.refused, faults[index]!);
  });
  const { wrong: wrongCount, ...rest } = counts;
  return { fates, ledger, wrong, wrongCount, ...rest, unexplained: counted(unexplained), faults };
}

/** Neither counted nor refused by anybody. */
function hasNoEnd({ outcome, reason }: Fate): boolean {
  return (outcome !== 'accepted' && outcome !== 'rejected') || reason === 'not-sent';
}

/** By state, hop and fate. */
function counted(all: readonly Omit<UnexplainedCount, 'count'>[]): UnexplainedCount[] {
  const counts = new Map<string, UnexplainedCount>();
  for (const one of all) {
    const key = `${one.state} ${one.hop} ${one.fate}`;
    counts.set(key, { ...one, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, count]) => count);
}

/** A report that has no end and that a fault may have lost is lost. */
function settle(book: Book, strikes: Strikes, entry: ReportEntry) {
  const window = windowKey(entry.task, entry.windowStartMs);
  const { fates, items, isTouched } = strikes.allowedFor(entry.number, entry.batchIds, window);
  const allowed = new Set(fates);
  const found = book.fateOf(entry.number);
  const fate: BookedFate =
    hasNoEnd(found) && allowed.has('lost') && !allowed.has(fateName(found))
      ? { outcome: 'lost', hop: found.hop, reason: 'none' }
      : found;
  return { allowed, items, isTouched, fate };
}

export function countFates(fates: readonly Fate[]): FateCount[] {
  const counts = new Map<string, FateCount & { count: number }>();
  for (const { outcome, hop, reason } of fates) {
    const key = `${outcome} ${hop} ${reason}`;
    const known = counts.get(key) ?? { outcome, hop, reason, count: 0 };
    counts.set(key, { ...known, count: known.count + 1 });
  }
  return [...counts.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, count]) => count);
}

/** The same by state. */
export function stateFatesOf({ book }: Simulated, { fates }: Closing): StateFateCount[] {
  return stateFateCounts(
    book.reports.map(({ number, task: { state } }) => ({ state, ...fates[number]!, count: 1 })),
  );
}

/** In how many batches both processors accepted the report. */
function timesAccepted({ verdicts: { leader, helper } }: ReportEntry): number {
  if (leader === undefined || helper === undefined) return 0;
  return [...leader].filter(([batchId, code]) => code === 0 && helper.get(batchId) === 0).length;
}

export function cellsOf({ book, shown }: Simulated): CellRecord[] {
  const windows = new Map<string, { window: WindowEntry; reports: ReportEntry[] }>();
  for (const [key, window] of book.windows) windows.set(key, { window, reports: [] });
  for (const entry of book.reports) {
    const key = windowKey(entry.task, entry.windowStartMs);
    const { task, windowStartMs } = entry;
    const empty: WindowEntry = emptyWindow(task, windowStartMs);
    const known = windows.get(key) ?? { window: empty, reports: [] as ReportEntry[] };
    windows.set(key, known);
    if (timesAccepted(entry) > 0) known.reports.push(entry);
  }
  return [...windows.values()]
    .filter(({ window, reports }) => reports.length > 0 || window.sums.leader !== undefined)
    .map(({ window, reports }) =>
      cellOf(window, reports, shown.get(windowKey(window.task, window.windowStartMs))?.totals),
    )
    .sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
}

function sortKey({ state, vendor, metric, windowStartMs }: CellRecord): string {
  return `${state} ${vendor} ${metric} ${String(windowStartMs).padStart(16, '0')}`;
}

function cellOf(
  window: WindowEntry,
  reports: readonly ReportEntry[],
  shownTotals: readonly number[] | undefined,
): CellRecord {
  const { task, windowStartMs, sums, published, held, suppressed } = window;
  const { bins } = task.metric;
  const truth = {
    count: reports.length,
    noisy: Array.from({ length: bins }, () => 0),
    honestCount: 0,
    honestNoisy: Array.from({ length: bins }, () => 0),
    honestClean: Array.from({ length: bins }, () => 0),
  };
  for (const { sent, clean } of reports) {
    if (clean !== undefined) truth.honestCount += 1;
    for (let bin = 0; bin < bins; bin++) {
      truth.noisy[bin]! += sent[bin]!;
      if (clean === undefined) continue;
      truth.honestNoisy[bin]! += sent[bin]!;
      truth.honestClean[bin]! += clean[bin]!;
    }
  }
  const small = { reason: 'below-minimum', detail: `${suppressed} reports` };
  const missing = { reason: 'not-published', detail: 'no pair of sums came' };
  const reason = held ?? (suppressed === undefined ? missing : small);
  return {
    state: task.state,
    vendor: task.vendor,
    metric: task.metric.id,
    windowStartMs,
    ...(published === undefined ? { held: reason } : {}),
    counts: {
      leader: sums.leader?.count ?? 0,
      helper: sums.helper?.count ?? 0,
      leaderRejected: sums.leader?.rejectedCount ?? 0,
      helperRejected: sums.helper?.rejectedCount ?? 0,
    },
    batchCount: sums.leader?.batchIds.length ?? 0,
    ...(published === undefined
      ? {}
      : {
          // What people read, not what the combiner says that it wrote.
          totals: [...(shownTotals ?? [])],
          estimates: [...published.estimate.values],
          standardError: published.estimate.standardError,
        }),
    truth,
  };
}

export function tallyOf(
  simulated: Simulated,
  scenario: Scenario,
  { fates, wrongCount, wrong }: Closing,
): TallyRecord {
  const { book } = simulated;
  let disagreements = 0;
  let doubled = 0;
  let uploads = 0;
  const noise: NoiseRecord[] = [];
  for (const entry of book.reports) {
    const { task, verdicts, sent, clean } = entry;
    uploads += entry.intakes.length;
    const times = timesAccepted(entry);
    if (times > 1) doubled += 1;
    for (const [batchId, code] of verdicts.leader ?? []) {
      const other = verdicts.helper?.get(batchId);
      if (other !== undefined && (code === 0) !== (other === 0)) disagreements += 1;
    }
    if (times === 0 || clean === undefined) continue;
    const flippedBits = clean.reduce((sum, bit, bin) => sum + (bit === sent[bin] ? 0 : 1), 0);
    noise.push({ epsilon: task.epsilon, flippedBits, noisedBits: clean.length });
  }
  const points = [...book.points.values()];
  const unsafe = points.filter(({ r, rootCount }) => !isSafeQueryRandomness(r, rootCount));
  const soundness = soundnessOf(simulated, scenario, fates);
  return {
    uploads,
    copies: Math.max(0, uploads - book.reports.length),
    ...soundness,
    wrongFates: wrongCount,
    wrongFateExamples: wrong.map(({ report }) => report),
    disagreements,
    wrongCopies: 0,
    doubled,
    points: points.length,
    unsafePoints: unsafe.length,
    freshValues: book.freshValues.size,
    repeatedValues: book.repeatedValues,
    ...noiseRecordOf(scenario, noise),
    crossChecked: 0,
    crossCheckMismatches: 0,
  };
}

/** Forgeries that only the proof check stands against, and other cheats, that were counted. */
function soundnessOf(
  { book, deeds }: Simulated,
  { adversaries }: Scenario,
  fates: readonly Fate[],
) {
  const counts = { escapeBound: 0, soundnessTrials: 0, soundnessEscapes: 0, otherEscapes: 0 };
  let forgedByFaults = 0;
  for (const { number, task, forged } of book.reports) {
    const deed = deeds.get(number);
    const byDevice = deed === undefined ? undefined : forgeryOf(adversaries[deed - 1]!.id);
    const forgery = byDevice ?? forged;
    if (forgery === undefined) continue;
    if (byDevice === undefined) forgedByFaults += 1;
    const escaped = fates[number]!.outcome === 'accepted' ? 1 : 0;
    if (forgery === 'form') {
      counts.otherEscapes += escaped;
      continue;
    }
    const { rootCount, modulus } = task.shape;
    counts.soundnessTrials += 1;
    counts.escapeBound += (2 * rootCount) / modulus;
    counts.soundnessEscapes += escaped;
  }
  return { ...counts, ...(forgedByFaults === 0 ? {} : { forgedByFaults }) };
}

/** What a device does to its own report; undefined: the report may count. */
function forgeryOf(id: AdversaryId): Forgery | undefined {
  const { soundness, refusedAs, resends } = catalogue[id];
  if (refusedAs.length === 0 || resends !== undefined) return undefined;
  return soundness ? 'proof' : 'form';
}

export function simulationRecordOf(
  simulated: Simulated,
  parts: { readonly nemesis: readonly NemesisItem[]; readonly closing: Closing },
): SimulationRecord {
  const { book, strikes, journal, startMs, daysEndMs, endMs, eventCount, openTasks } = simulated;
  const { nemesis, closing } = parts;
  return {
    startMs,
    daysEndMs,
    endMs,
    eventCount,
    openTasks,
    journal: { count: journal.count, digest: journal.digest(), marks: marksOf(journal.marks) },
    ...(simulated.fork === undefined ? {} : { fork: simulated.fork }),
    faults: closing.faults,
    faultLog: strikes.log.map(({ timeMs, item, what, reportCount }) => ({
      timeMs,
      id: nemesis[item]!.id,
      what,
      reports: reportCount,
    })),
    reports: {
      struck: book.reports.length - closing.untouched,
      untouched: closing.untouched,
      untouchedLost: closing.untouchedLost,
      wrong: closing.wrongCount,
      wrongExamples: closing.wrong,
      // In a run that was interrupted reports wait for their turn.
      ...(closing.unexplained.length === 0 || simulated.interrupted
        ? {}
        : { unexplained: closing.unexplained }),
    },
    windows: windowsOf(simulated),
    rewrites: simulated.rewrites,
    zeroBlinds: book.zeroBlinds,
    identities: identitiesOf(book, closing.fates),
    stale: simulated.stale,
    leaks: simulated.leaks.record(),
    events: eventsOf(simulated, closing),
    views: viewsOf(book),
  };
}

/** At most a few thousand, evenly spread. */
function marksOf(marks: Uint32Array): string[] {
  const every = Math.max(1, Math.ceil(marks.length / MARKS_MAX));
  const kept = [...marks].filter((_, i) => (i + 1) % every === 0);
  return kept.map((mark) => mark.toString(16).padStart(8, '0'));
}

/** Names of `expectations/events.ts` -> how often. */
function eventsOf({ book, events, counted }: Simulated, { fates }: Closing) {
  const told = toldEventIds.map((id) => [id, events[toldEvents[id]] ?? 0] as const);
  const retries = book.reports.reduce((sum, { outcome }) => sum + (outcome?.attempts ?? 1) - 1, 0);
  return {
    'report.accepted': fates.filter(({ outcome }) => outcome === 'accepted').length,
    'report.refused': fates.filter(({ outcome }) => outcome === 'rejected').length,
    'upload.retried': Math.max(0, retries),
    ...Object.fromEntries(told),
    'batch.cut': book.batches.size,
    ...counted,
  };
}

function windowsOf(simulated: Simulated): SimulationRecord['windows'] {
  const { book, strikes } = simulated;
  const due = new Map<string, string>();
  for (const { task, windowStartMs, batchIds } of book.reports) {
    if (batchIds.length === 0) continue;
    const at = new Date(windowStartMs).toISOString().slice(0, 16);
    due.set(
      windowKey(task, windowStartMs),
      `${task.state}/${task.vendor} ${task.metric.id} ${at}Z`,
    );
  }
  const all = [...book.windows];
  const settled = ([, one]: [string, WindowEntry]): boolean =>
    one.published !== undefined || one.held !== undefined || one.suppressed !== undefined;
  // A window all of whose batches were refused has nothing to publish: it is closed with no sum.
  const isEmpty = (key: string): boolean => {
    const sums = book.windows.get(key)?.sums;
    return sums?.leader?.batchIds.length === 0 && sums.helper?.batchIds.length === 0;
  };
  const done = new Set(all.filter(settled).map(([key]) => key));
  const open = [...due].filter(([key]) => !done.has(key) && !isEmpty(key));
  const heldKeys = all.filter(([, one]) => one.held !== undefined).map(([key]) => key);
  const unsettled = [...open.map(([key]) => key), ...heldKeys];
  const unexcused = unsettled.filter((key) => !strikes.isExcused(key));
  const excused = new Set(unsettled.filter((key) => strikes.isExcused(key)));
  const excusedTasks = simulated.openTaskWindows.filter((key) => excused.has(key)).length;
  return {
    due: due.size,
    published: all.filter(([, one]) => one.published !== undefined).length,
    publishedTwice: all.filter(([, one]) => one.publishedTimes > 1).length,
    held: heldKeys.length,
    suppressed: all.filter(([, one]) => one.suppressed !== undefined).length,
    open: open.length,
    excused: unsettled.length - unexcused.length,
    ...(excusedTasks === 0 ? {} : { excusedTasks }),
    ...lateWindows(simulated),
    examples: unexcused.slice(0, EXAMPLES).map((key) => due.get(key) ?? key),
  };
}

/** Windows that no fault excuses, settled too long after healing or after they were due. */
function lateWindows({ book, strikes, settings, startMs }: Simulated): { late?: number } {
  const { heal, graceMs } = settings;
  if (heal?.withinMs === undefined) return {};
  const { atMs, withinMs } = heal;
  const late = [...book.windows].filter(([key, { task, windowStartMs, settledMs = 0 }]) => {
    const dueMs = Math.max(startMs + atMs, windowStartMs + task.windowMs + graceMs);
    return settledMs > dueMs + withinMs && !strikes.isExcused(key);
  });
  return { late: late.length };
}

/** Features of reports that both decided about, against the first bin as it was sent. */
function viewsOf({ reports }: Book): SimulationRecord['views'] {
  return (['leader', 'helper'] as const).flatMap((role) =>
    VIEW_FEATURES[role].map((feature, i) => {
      const counts: [[number, number], [number, number]] = [
        [0, 0],
        [0, 0],
      ];
      for (const { view, sent } of reports) {
        const value = view[role][i];
        if (value !== undefined && sent[0]! <= 1) counts[value][sent[0] as 0 | 1] += 1;
      }
      return { role, feature, counts };
    }),
  );
}

/**
 * Windows (`windowKey`) of fewer reports than may be published: of those that honest phones made
 * (`fromTheStart`), and of those that both processors accepted (`atTheEnd`).
 */
function smallWindows({ book, settings, deeds }: Simulated) {
  const counts = new Map<string, { readonly task: Task; made: number; accepted: number }>();
  for (const entry of book.reports) {
    const { number, task, windowStartMs } = entry;
    const key = windowKey(task, windowStartMs);
    const known = counts.get(key) ?? { task, made: 0, accepted: 0 };
    if (!deeds.has(number)) known.made += 1;
    if (timesAccepted(entry) > 0) known.accepted += 1;
    counts.set(key, known);
  }
  const below = (of: 'made' | 'accepted'): ReadonlySet<string> =>
    new Set([...counts].filter(([, one]) => one[of] < settings.minBatch(one.task)).map(([k]) => k));
  return { fromTheStart: below('made'), atTheEnd: below('accepted') };
}

/** Each phone may count once for a task and day, whatever it sends under how many ids. */
function identitiesOf({ reports }: Book, fates: readonly Fate[]) {
  const times = new Map<string, number>();
  for (const { number, task, deviceKey, createdMs } of reports) {
    if (fates[number]!.outcome !== 'accepted' || deviceKey === undefined) continue;
    const day = Math.floor(createdMs / DAY_MS);
    const key = `${toHex(task.id)} ${day} ${toHex(deviceKey)}`;
    times.set(key, (times.get(key) ?? 0) + 1);
  }
  const twice = [...times.values()].filter((count) => count > 1).length;
  return { counted: times.size, twice };
}
