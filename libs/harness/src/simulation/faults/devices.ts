/**
 * Faults of honest phones on the way from a finished report to an ingestion server: phones that are
 * away, die, repeat themselves, wake all at once, have a wrong clock or an old version.
 */

import { toHex } from '@priolab/crypto';
import {
  CREATED_AT,
  DAY_MS,
  LEADER_AT,
  LEADER_SIZE_AT,
  REPORT_ID_AT,
  REPORT_ID_SIZE,
  TASK_ID_AT,
  createTask,
  reasonOf,
  writeTimeMs,
  writeUint32,
} from '@priolab/roles';

import type { ReportReason } from '../../faults/reasons.ts';
import type { Book, ReportEntry } from '../book.ts';
import type { FaultContext, Inject } from '../fault.ts';
import type { PhoneReport } from '../phones.ts';
import { isHealedBy, putOff } from './acting.ts';
import { fatesByTime } from './device-times.ts';
import { count, duration, word } from './parameters.ts';

const MINUTE_MS = 60_000;

/** Acts on the reports of honest phones that the fault chooses. */
export function onReports(
  context: FaultContext,
  act: (
    report: PhoneReport,
    upload: Parameters<FaultContext['hooks']['phones']['uploads'][number]>[1],
  ) => readonly PhoneReport[],
): void {
  context.hooks.phones.uploads.push((report, upload) => {
    if (report.deed !== 0 || report.copies > 0) return [report];
    if (!context.chooses(`report ${report.number}`, report.createdMs)) return [report];
    return act(report, upload);
  });
}

/** Counts what an ingestor refused of the struck reports, as `name`, when all is over. */
export function measureRefused(
  context: FaultContext,
  struck: Iterable<number>,
  { name, reason }: { readonly name: string; readonly reason: ReportReason },
): void {
  context.atEnd(() => {
    const intakes = [...struck].flatMap((number) => context.book.reports[number]!.intakes);
    const refused = intakes.filter((code) => reasonOf(code) === reason).length;
    context.measure(name, refused);
    context.refused(reason, refused);
  });
}

/** Something to tell: a bin that stands for more than "nothing happened". */
function isTelling({ clean }: ReportEntry): boolean {
  return clean?.some((bit, bin) => bit === 1 && (bin > 0 || clean.length === 1)) === true;
}

/** How far the reports that count differ from all that were made, in the worst bin. */
function largestShift({ reports, fateOf }: Book): number {
  const whole = reports.filter(({ clean }) => clean !== undefined);
  const kept = whole.filter(({ number }) => fateOf(number).outcome === 'accepted');
  const share = (of: readonly ReportEntry[], bin: number): number =>
    of.reduce((sum, { clean }) => sum + (clean![bin] ?? 0), 0) / Math.max(1, of.length);
  const bins = Math.max(0, ...whole.map(({ clean }) => clean!.length));
  const shifts = Array.from({ length: bins }, (_, bin) =>
    Math.abs(share(kept, bin) - share(whole, bin)),
  );
  return Math.max(0, ...shifts);
}

const offline: Inject = (context) => {
  const { book, item } = context;
  const awayMs = duration(item, 'duration', '1d');
  const correlate = word(item, 'correlate', 'nothing');
  const isAway = ({ number, createdMs }: PhoneReport, state: string): boolean => {
    if (correlate === 'state') return context.chooses(`state ${state}`, createdMs);
    if (correlate === 'value' && !isTelling(book.reports[number]!)) return false;
    return context.chooses(`report ${number}`, createdMs);
  };
  const struck: number[] = [];
  context.hooks.phones.uploads.push((report, { shard }) => {
    if (report.deed !== 0 || !isAway(report, shard.cell.state.id)) return [report];
    const { number, task, createdMs } = report;
    const sendAtMs = putOff(context, report.sendAtMs, awayMs);
    const allowed = fatesByTime(context, { task, madeMs: createdMs, createdMs, sendAtMs });
    context.strike({ what: `report ${number} sent late`, reports: [number], allowed });
    struck.push(number);
    return [{ ...report, sendAtMs }];
  });
  context.atEnd(() => {
    const lost = struck.filter((number) => book.fateOf(number).outcome !== 'accepted');
    context.measure('reports lost', lost.length);
    context.measure('largest shift of a bin’s share', largestShift(book));
  });
};

/** The phone dies; what reached a server by then was sent by nobody who waits for an answer. */
const crashMidUpload: Inject = (context) => {
  const { item, timeline, network, settings } = context;
  const step = word(item, 'step', 'mid-request');
  const restartMs = duration(item, 'restart', '1h');
  onReports(context, (report, { vendor }) => {
    const { number, bytes, sendAtMs, device } = report;
    if (isHealedBy(context, sendAtMs)) return [report];
    const to = `ingestion/${vendor}/${device % settings.replicas}`;
    const sent = step === 'mid-request' ? bytes.slice(0, bytes.length >>> 1) : bytes;
    if (step !== 'before-send') {
      const from = `phone/${vendor}`;
      const key = `report-${number}-crash`;
      const request = { leg: 'request', from, to, key, bytes: sent } as const;
      timeline.at(sendAtMs, () => network.inject(request));
    }
    const againMs = putOff(context, sendAtMs, restartMs);
    const { task, createdMs } = report;
    const times = { task, madeMs: createdMs, createdMs, sendAtMs: againMs };
    const allowed = fatesByTime(context, times);
    context.strike({ what: `the phone of report ${number} dies`, reports: [number], allowed });
    return [{ ...report, sendAtMs: againMs }];
  });
};

/** The report so many times more, a minute apart, as far as that is before healing. */
export function againOf(
  context: FaultContext,
  report: PhoneReport,
  times: number,
  everyMs = MINUTE_MS,
): PhoneReport[] {
  const sendAtMs = (k: number): number => report.sendAtMs + (k + 1) * everyMs;
  const copies = Array.from({ length: times }, (_, k) => {
    return { ...report, sendAtMs: sendAtMs(k), copies: k + 1 };
  });
  return copies.filter((copy) => !isHealedBy(context, copy.sendAtMs));
}

const retrySame: Inject = (context) => {
  const times = count(context.item, 'times', 1);
  const struck: number[] = [];
  onReports(context, (report) => {
    const { number } = report;
    const copies = againOf(context, report, times);
    if (copies.length === 0) return [report];
    struck.push(number);
    context.strike({ what: `report ${number} sent ${copies.length + 1} times`, reports: [number] });
    return [report, ...copies];
  });
  measureRefused(context, struck, { name: 'copies refused', reason: 'replayed' });
};

const retryFresh: Inject = (context) => {
  const times = count(context.item, 'times', 1);
  const struck: number[] = [];
  onReports(context, (report, upload) => {
    const { number } = report;
    const copies = againOf(context, report, times);
    if (copies.length === 0) return [report];
    struck.push(number);
    const what = `report ${number} made ${copies.length} times more`;
    context.strike({ what, reports: [number] });
    const others = copies.map((copy, k) => {
      const bytes = upload.again(`fresh-${k}`);
      const id = toHex(bytes.subarray(REPORT_ID_AT, REPORT_ID_AT + REPORT_ID_SIZE));
      context.book.alias(id, number);
      return { ...copy, bytes };
    });
    return [report, ...others];
  });
  measureRefused(context, struck, { name: 'fresh reports refused', reason: 'replayed' });
};

/** Whoever has something to send by then sends it at once: at noon, unless `from` says when. */
const storm: Inject = (context) => {
  const { item, book } = context;
  const withinMs = duration(item, 'within', '1m');
  const hourMs = item.fromMs === 0 ? DAY_MS / 2 : item.fromMs % DAY_MS;
  const sentMs = new Map<number, number>();
  context.hooks.phones.uploads.push((report) => {
    const { number, day } = report;
    const wakeMs = day * DAY_MS + hourMs;
    if (report.sendAtMs > wakeMs || !context.chooses(`report ${number}`, wakeMs)) return [report];
    const sendAtMs = putOff(context, wakeMs, context.draw(`within ${number}`) % (withinMs + 1));
    sentMs.set(number, sendAtMs);
    context.strike({ what: `report ${number} waits for the storm`, reports: [number] });
    return [{ ...report, sendAtMs }];
  });
  context.atEnd(() => {
    const waits = [...sentMs].map(([number, ms]) => (book.reports[number]!.storedMs ?? ms) - ms);
    context.measure('longest wait until stored in ms', Math.max(0, ...waits));
  });
};

/** Sends the report under another time, signed as it is. */
export function redate(
  context: FaultContext,
  byMs: number,
  what: string,
): Parameters<typeof onReports>[1] {
  return (report, { sign }) => {
    const { number, task, sendAtMs } = report;
    const createdMs = report.createdMs + byMs;
    const changed = report.bytes.slice();
    writeTimeMs(changed, CREATED_AT, createdMs);
    context.book.dated(number, createdMs);
    const times = { task, madeMs: report.createdMs, createdMs, sendAtMs };
    const allowed = fatesByTime(context, times);
    context.strike({ what: `report ${number} ${what}`, reports: [number], allowed });
    return [{ ...report, createdMs, bytes: sign(changed) }];
  };
}

const clockSkew: Inject = (context) => {
  const offsetMs = duration(context.item, 'offset', '1d');
  const isAhead = word(context.item, 'direction', 'ahead') === 'ahead';
  onReports(context, redate(context, isAhead ? offsetMs : -offsetMs, 'by a wrong clock'));
};

const OLD_PARAMS = {
  epsilon: 'wrong-task',
  bins: 'wrong-share-size',
  version: 'unknown-version',
} as const;

/** The report as a phone with an old configuration makes it. */
function outdated({ bytes, task }: PhoneReport, what: keyof typeof OLD_PARAMS): Uint8Array {
  const old = bytes.slice();
  if (what === 'version') old[0] = 0;
  if (what === 'epsilon') {
    old.set(createTask({ ...task, epsilon: task.epsilon / 2 }).id, TASK_ID_AT);
  }
  if (what !== 'bins') return old;
  // One bin less is an element less in the leader's share.
  const size = new DataView(old.buffer).getUint32(LEADER_SIZE_AT) - 4;
  writeUint32(old, LEADER_SIZE_AT, size);
  old.copyWithin(LEADER_AT + size, LEADER_AT + size + 4);
  return old.slice(0, -4);
}

const oldParams: Inject = (context) => {
  const what = word(context.item, 'what', 'epsilon') as keyof typeof OLD_PARAMS;
  onReports(context, (report, { sign }) => {
    const { number } = report;
    const allowed = [OLD_PARAMS[what]];
    context.strike({ what: `report ${number} of an old ${what}`, reports: [number], allowed });
    return [{ ...report, bytes: sign(outdated(report, what)) }];
  });
};

export const deviceFaults: Readonly<Record<string, Inject>> = {
  'dev.offline': offline,
  'dev.crash_mid_upload': crashMidUpload,
  'dev.retry_same': retrySame,
  'dev.retry_fresh': retryFresh,
  'dev.storm': storm,
  'dev.clock_skew': clockSkew,
  'dev.old_params': oldParams,
};
