/**
 * What goes on in a simulated run while it goes on: counts of what phones and parties say, by
 * simulated time for the record, and in all for whoever watches. What a party says twice of the
 * same batch, because it died and worked on it again, is counted once.
 */

import { toHex } from '@priolab/crypto';
import type { NodeEvent, UploadOutcome } from '@priolab/nodes';
import { REPORT_ID_SIZE, reasonCode, reasonOf } from '@priolab/roles';
import type { Task } from '@priolab/roles';

import type { SeriesColumn, SimulatedSeries } from '../record/series-record.ts';
import type { FlowProgress } from '../run/run.ts';
import { uploadName, windowKey } from './book.ts';
import type { NemesisItem } from './settings.ts';
import { createStepCounts } from './step-counts.ts';

/** Counted by step; strikes besides, in all and by fault. */
export const TRAFFIC = [
  /** Whose time to be sent has come, each once; copies that attackers send count too. */
  { name: 'uploads', unit: 'uploads' },
  /** Times that their phones sent one of them again, told when it is over. */
  { name: 'retries', unit: 'uploads' },
  /** What became of them, as their phones heard it. */
  { name: 'stored', unit: 'uploads' },
  { name: 'given-up', unit: 'uploads' },
  { name: 'stopped', unit: 'uploads' },
  /** Refused for good by upload servers, and by ingestors when they cut batches. */
  { name: 'rejected.ingestor', unit: 'uploads' },
  { name: 'batches', unit: 'batches' },
  /** Reports in these. */
  { name: 'batched', unit: 'reports' },
  /** Batches that a processor will not use. */
  { name: 'batches.refused', unit: 'batches' },
  /** What each processor decided of reports. */
  { name: 'accepted.leader', unit: 'reports' },
  { name: 'accepted.helper', unit: 'reports' },
  { name: 'rejected.leader', unit: 'reports' },
  { name: 'rejected.helper', unit: 'reports' },
  { name: 'published', unit: 'windows' },
  { name: 'held', unit: 'windows' },
  { name: 'suppressed', unit: 'windows' },
  { name: 'tasks.failed', unit: 'tasks' },
  { name: 'strikes', unit: 'strikes' },
] as const satisfies readonly Omit<SeriesColumn, 'values'>[];

type Column = (typeof TRAFFIC)[number]['name'];

export interface Traffic {
  /** The time to send an upload has come; `isFirst`: it is no copy and no addition. */
  began(isFirst: boolean): void;
  ended(outcome: UploadOutcome): void;
  note(event: NodeEvent): void;
  struck(fault: string): void;
  /** Where reports are. */
  flow(): Omit<FlowProgress, 'rssBytes'>;
  series(): SimulatedSeries;
}

const PEER_REFUSED = reasonCode('peer-refused');

export function createTraffic(options: {
  readonly startMs: number;
  readonly nowMs: () => number;
  readonly nemesis: readonly NemesisItem[];
}): Traffic {
  const { startMs, nowMs, nemesis } = options;
  const byFault = [...new Set(nemesis.map(({ id }) => id))].map((id) => {
    return { name: `strikes.${id}`, unit: 'strikes' };
  });
  // Those made of others strike when their parts do: that is one strike.
  const wholes = new Set(
    nemesis.flatMap(({ partOf }) => (partOf === undefined ? [] : [nemesis[partOf]!.id])),
  );
  const steps = createStepCounts(startMs, [...TRAFFIC, ...byFault]);
  const rejected: Record<string, number> = {};
  const strikes: Record<string, number> = {};
  const said = new Set<string>();
  const totals = { sent: 0, ingested: 0, leader: 0, helper: 0, published: 0 };
  const counting: Counting = {
    totals,
    add(column, count = 1) {
      if (count > 0) steps.add(nowMs(), column, count);
    },
    isNew(...parts) {
      const before = said.size;
      return said.add(parts.join(' ')).size > before;
    },
    reject(hop, code) {
      const key = `${hop} ${reasonOf(code)}`;
      rejected[key] = (rejected[key] ?? 0) + 1;
    },
  };
  const { add } = counting;
  return {
    began(isFirst) {
      add('uploads');
      if (isFirst) totals.sent += 1;
    },
    ended(outcome) {
      add('retries', outcome.attempts - 1);
      if (outcome.kind !== 'refused') return add(outcome.kind);
      add('rejected.ingestor');
      counting.reject('ingestor', outcome.reason);
    },
    note: (event) => noteEvent(event, counting),
    struck(fault) {
      steps.add(nowMs(), `strikes.${fault}`);
      strikes[fault] = (strikes[fault] ?? 0) + 1;
      if (!wholes.has(fault)) add('strikes');
    },
    flow() {
      const at = { simulatedMs: nowMs() };
      return { ...totals, ...at, rejected: { ...rejected }, strikes: { ...strikes } };
    },
    series: () => steps.until(nowMs()),
  };
}

interface Counting {
  readonly totals: Record<'sent' | 'ingested' | 'leader' | 'helper' | 'published', number>;
  add(column: Column, count?: number): void;
  /** Whether it is said for the first time. */
  isNew(...parts: readonly string[]): boolean;
  reject(hop: string, code: number): void;
}

type Event<Kind extends NodeEvent['kind']> = Extract<NodeEvent, { readonly kind: Kind }>;

function noteEvent(event: NodeEvent, counting: Counting): void {
  const { totals, add, isNew } = counting;
  const settled = (column: 'published' | 'held' | 'suppressed', task: Task, startMs: number) => {
    const isFirst = isNew(column, windowKey(task, startMs));
    if (isFirst) add(column);
    return isFirst;
  };
  switch (event.kind) {
    case 'batched':
      return noteBatched(event, counting);
    case 'decided':
      return noteDecided(event, counting);
    case 'late':
    case 'batch-refused':
      // What is of no one batch is of a window.
      if (event.batchId !== '' && isNew('unused', event.role, event.batchId)) {
        add('batches.refused');
      }
      return;
    case 'published':
      if (settled('published', event.result.task, event.result.windowStartMs)) {
        totals.published += 1;
      }
      return;
    case 'held':
      return void settled('held', event.task, event.pair.windowStartMs);
    case 'suppressed':
      return void settled('suppressed', event.task, event.windowStartMs);
    case 'task-failed':
      return add('tasks.failed');
    case 'taken-in':
    case 'summed':
    case 'batching-failed':
    case 'expired':
    case 'peer-refused':
    case 'peer-missing':
  }
}

function noteBatched(event: Event<'batched'>, { totals, add, isNew, reject }: Counting): void {
  const { task, day, uploads, status, batches } = event;
  for (const { batchId, uploadSlots } of batches) {
    if (!isNew('batch', batchId)) continue;
    add('batches');
    add('batched', uploadSlots.length);
    totals.ingested += uploadSlots.length;
  }
  const [first] = uploads;
  // Carried out again it is the same uploads, in the same order.
  if (first === undefined || !isNew('uploads', windowKey(task, day), uploadName(first))) return;
  for (const code of status) {
    if (code === 0) continue;
    add('rejected.ingestor');
    reject('ingestor', code);
  }
}

function noteDecided(event: Event<'decided'>, { totals, add, isNew, reject }: Counting): void {
  const { role, batchId, status, reportIds } = event;
  if (!isNew(role, batchId)) return;
  let accepted = 0;
  status.forEach((code, i) => {
    if (code === 0) accepted += 1;
    // What its peer refuses the peer tells itself.
    if (code === 0 || code === PEER_REFUSED) return;
    const id = toHex(reportIds.subarray(i * REPORT_ID_SIZE, (i + 1) * REPORT_ID_SIZE));
    // Found by both: one report.
    if (isNew('refused', batchId, id)) reject(role, code);
  });
  add(`accepted.${role}`, accepted);
  add(`rejected.${role}`, status.length - accepted);
  totals[role] += accepted;
}
