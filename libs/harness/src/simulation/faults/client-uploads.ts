/**
 * Attacks by clients with what an upload says beside its shares: its id, its time, its sizes, and
 * how often and to whom it is sent. All are signed by the attacker's own, attested phone.
 */

import { toHex } from '@priolab/crypto';
import {
  DAY_MS,
  LEADER_SIZE_AT,
  REPORT_ID_AT,
  REPORT_ID_SIZE,
  TASK_ID_AT,
  reasonCode,
  uploadLayout,
  writeUint32,
} from '@priolab/roles';
import type { Task } from '@priolab/roles';

import { uploadName } from '../book.ts';
import type { AllowedFate, Inject } from '../fault.ts';
import type { PhoneReport } from '../phones.ts';
import { HOUR_MS, isHealedBy } from './acting.ts';
import { fatesByTime } from './device-times.ts';
import { againOf, measureRefused, onReports, redate } from './devices.ts';
import { reportOf } from './network.ts';
import { count, duration, word } from './parameters.ts';

const RATE_LIMITED = reasonCode('rate-limited');
const STALE = reasonCode('stale');

function idOf({ bytes }: PhoneReport): Uint8Array {
  return bytes.subarray(REPORT_ID_AT, REPORT_ID_AT + REPORT_ID_SIZE);
}

function withId(bytes: Uint8Array, id: Uint8Array): Uint8Array {
  const changed = bytes.slice();
  changed.set(id, REPORT_ID_AT);
  return changed;
}

/** Ids are known to nobody before they were sent: the attacker is later than its victim. */
const dupUuid: Inject = (context) => {
  const isVictims = word(context.item, 'whose', 'victim') === 'victim';
  const victims = new Map<string, PhoneReport>();
  const struck: number[] = [];
  // After an early report of a late victim it may be too old by then.
  const refusals = ({ task, createdMs }: PhoneReport, sendAtMs: number): AllowedFate[] =>
    fatesByTime(context, { task, madeMs: createdMs, createdMs, sendAtMs }).map((fate) =>
      fate === 'accepted' ? 'duplicate-report-id' : fate,
    );
  const attackers = new Set<number>();
  // Whatever else moves what they send: the attacker waits for what its victim does send.
  context.hooks.phones.afterwards.push((report, upload) => {
    const { number, task, day, sendAtMs, deed, copies } = report;
    if (attackers.has(number)) return [];
    if (deed !== 0 || copies > 0) return [report];
    const where = `${toHex(task.id)} ${day}`;
    const victim = isVictims ? victims.get(where) : report;
    const laterMs = Math.max(sendAtMs, (victim?.sendAtMs ?? 0) + HOUR_MS);
    const isPossible = victim !== undefined && !isHealedBy(context, laterMs);
    if (!isPossible || !context.chooses(`report ${number}`, report.createdMs)) {
      if (victim === undefined) victims.set(where, report);
      return [report];
    }
    const others = isVictims ? report.bytes : upload.again('same-id');
    const bytes = upload.sign(withId(others, idOf(victim)));
    struck.push(number);
    const what = `report ${number} with the id of report ${victim.number}`;
    if (!isVictims) {
      context.strike({ what, reports: [number] });
      return [report, { ...report, bytes, sendAtMs: laterMs, copies: 1 }];
    }
    attackers.add(number);
    context.book.alias(uploadName(bytes), number);
    context.strike({ what, reports: [number], allowed: refusals(report, laterMs) });
    return [{ ...report, bytes, sendAtMs: laterMs }];
  });
  if (!isVictims) measureRefused(context, struck, { name: 'copies refused', reason: 'replayed' });
};

/** Who overhears an upload has its bytes, and not the key that signed them. */
const replay: Inject = (context) => {
  const { item, timeline, network, parties, settings } = context;
  const to = word(item, 'to', 'same-window');
  const afterMs = to === 'later-window' ? DAY_MS : HOUR_MS;
  let sentCount = 0;
  let staleCount = 0;
  const struck: number[] = [];
  onReports(context, (report, { vendor }) => {
    const { number, device } = report;
    const elsewhere = to === 'other-state' ? otherState(parties.tasks, report.task) : report.task;
    if (elsewhere === undefined) return [report];
    const bytes = report.bytes.slice();
    bytes.set(elsewhere.id, TASK_ID_AT);
    const againMs = report.sendAtMs + afterMs;
    if (isHealedBy(context, againMs)) return [report];
    const end = `ingestion/${vendor}/${device % settings.replicas}`;
    context.strike({ what: `report ${number} overheard, sent again`, reports: [number] });
    context.stayUntil(againMs + 2 * settings.batchEveryMsMax);
    struck.push(number);
    sentCount += 1;
    timeline.at(againMs, () =>
      network.inject({
        leg: 'request',
        from: 'phone/attacker',
        to: end,
        key: `overheard-${number}`,
        bytes,
      }),
    );
    return [report];
  });
  network.addPolicy((transmission, deliver) => {
    const { leg, key, bytes } = transmission;
    if (leg === 'response' && key.startsWith('overheard-') && bytes[0] === STALE) staleCount += 1;
    deliver(transmission);
  });
  context.atEnd(() => {
    const codes = struck.flatMap((number) => context.book.reports[number]!.intakes);
    context.measure('copies sent', sentCount);
    context.measure('copies refused', staleCount + codes.filter((code) => code !== 0).length);
    context.refused('stale', staleCount);
    for (const reason of ['replayed', 'bad-signature'] as const) {
      context.refused(reason, codes.filter((code) => code === reasonCode(reason)).length);
    }
  });
};

function otherState(tasks: ReadonlyMap<string, Task>, task: Task): Task | undefined {
  return [...tasks.values()].find((other) => other.state !== task.state && isLike(other, task));
}

/** The same metric of the same vendor, in whatever state. */
function isLike({ vendor, metric }: Task, task: Task): boolean {
  return vendor === task.vendor && metric.id === task.metric.id;
}

/** One phone sends its report under many ids, one a second. */
const flood: Inject = (context) => {
  const copies = count(context.item, 'reports', 1000) - 1;
  const struck: number[] = [];
  let limited = 0;
  onReports(context, (report, { sign }) => {
    const { number } = report;
    const more = againOf(context, report, copies, 1000);
    if (more.length === 0) return [report];
    struck.push(number);
    // Its own report may be stopped at the door with the rest, where servers are slow to take it.
    const allowed = ['accepted', 'rate-limited'];
    context.strike({ what: `the phone of report ${number} floods`, reports: [number], allowed });
    const others = more.map((copy, k) => {
      const id = context.randomness.child(`id-${number}`).bytes(k, REPORT_ID_SIZE);
      context.book.alias(toHex(id), number);
      const bytes = sign(withId(report.bytes, id));
      return { ...copy, bytes };
    });
    return [report, ...others];
  });
  context.network.addPolicy((transmission, deliver) => {
    const report = reportOf(transmission);
    const isAnswer = transmission.leg === 'response' && report !== undefined;
    if (isAnswer && transmission.bytes[0] === RATE_LIMITED) limited += 1;
    deliver(transmission);
  });
  context.atEnd(() => {
    context.measure('refused at the door', limited);
    context.refused('rate-limited', limited);
  });
  measureRefused(context, struck, { name: 'refused when batched', reason: 'replayed' });
};

const backdate: Inject = (context) => {
  const byMs = duration(context.item, 'by', '2d');
  onReports(context, redate(context, -byMs, 'dated back'));
};

const postdate: Inject = (context) => {
  const byMs = duration(context.item, 'by', '2d');
  onReports(context, redate(context, byMs, 'dated ahead'));
};

/** Few bytes that say of themselves that they are many. */
function bomb({ bytes, task }: PhoneReport, kind: number): Uint8Array {
  const changed = bytes.slice();
  if (kind === 0) writeUint32(changed, LEADER_SIZE_AT, 2 ** 32 - 1);
  if (kind === 1) writeUint32(changed, uploadLayout(task.shape).helperSizeAt, 2 ** 31);
  return kind === 2 ? changed.slice(0, LEADER_SIZE_AT) : changed;
}

const bombs: Inject = (context) => {
  onReports(context, (report) => {
    const { number } = report;
    const kind = context.draw(`kind ${number}`) % 3;
    const allowed = [kind === 2 ? 'truncated' : 'wrong-share-size'];
    context.strike({ what: `report ${number} claims to be huge`, reports: [number], allowed });
    return [{ ...report, bytes: bomb(report, kind) }];
  });
};

/** Its phone is a real one: only the servers' list of tasks stands against it. */
const notEnabled: Inject = (context) => {
  const { isEnabled } = context.settings;
  onReports(context, (report, { sign }) => {
    const { number, day, task } = report;
    const without = [...context.parties.tasks.values()].find(
      (other) => isLike(other, task) && !isEnabled(other, day),
    );
    if (without === undefined) return [report];
    const changed = report.bytes.slice();
    changed.set(without.id, TASK_ID_AT);
    const what = `report ${number} for ${without.state}, which is without ENPA`;
    context.strike({ what, reports: [number], allowed: ['wrong-task'] });
    const bytes = sign(changed);
    context.book.alias(uploadName(bytes), number);
    return [{ ...report, bytes }];
  });
};

const TAGS = {
  size: 'wrong-share-size',
  extension: 'oversized',
  version: 'unknown-version',
  id: 'accepted',
} as const;

/** An id that says whose it is to whoever knows the mark. */
function markedId(number: number): Uint8Array {
  const id = new Uint8Array(REPORT_ID_SIZE);
  id.set(new TextEncoder().encode('follow me'));
  writeUint32(id, REPORT_ID_SIZE - 4, number);
  return id;
}

/** An upload that stands out, in what processors would see of it. */
function tagged({ bytes, task, number }: PhoneReport, by: keyof typeof TAGS): Uint8Array {
  if (by === 'id') return withId(bytes, markedId(number));
  const { helperSizeAt, leaderSealedSize, size } = uploadLayout(task.shape);
  if (by === 'extension') {
    const longer = new Uint8Array(size + 16);
    longer.set(bytes.subarray(0, size - 64));
    return longer;
  }
  const changed = bytes.slice();
  if (by === 'version') changed[0] = 2;
  // The same length in all, cut elsewhere.
  else {
    writeUint32(changed, LEADER_SIZE_AT, leaderSealedSize - 4);
    writeUint32(changed, helperSizeAt - 4, size - helperSizeAt);
  }
  return changed;
}

/** What has another form is refused; an id of the phone's choice reaches the processors. */
const tag: Inject = (context) => {
  const by = word(context.item, 'by', 'size') as keyof typeof TAGS;
  const struck: number[] = [];
  onReports(context, (report, { sign }) => {
    const { number } = report;
    const bytes = sign(tagged(report, by));
    if (by === 'id') context.book.alias(toHex(markedId(number)), number);
    const allowed = [TAGS[by]];
    const what = `report ${number} stands out by its ${by}`;
    context.strike({ what, reports: [number], allowed });
    struck.push(number);
    return [{ ...report, bytes }];
  });
  context.atEnd(() => {
    const { reports } = context.book;
    const seen = struck.filter((number) => reports[number]!.verdicts.leader !== undefined);
    context.measure('marks that processors see', seen.length);
  });
};

export const clientUploadFaults: Readonly<Record<string, Inject>> = {
  'cli.dup_uuid': dupUuid,
  'cli.replay': replay,
  'cli.flood': flood,
  'cli.backdate': backdate,
  'cli.postdate': postdate,
  'cli.bomb': bombs,
  'cli.not_enabled': notEnabled,
  'cli.tag': tag,
};
