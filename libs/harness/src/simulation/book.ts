/**
 * The oracles' book of a simulated run: for every report what its phone really put into it and what
 * every party said about it, and in the end its fate. Reports are found by their 16-byte id, which
 * all parties pass on; a fault that changes an id says so (`alias`).
 *
 * A report's fate is read off the events of the parties, the last word first: published, held,
 * decided, refused with its batch, refused at the door, given up. One of which none of these was
 * said is pending where it was last seen: whether it waits or has vanished the book can't tell.
 * So it is asked of the faults, when the books are closed, whether they allow that (`closeBook`).
 */

import { sha256, toHex } from '@priolab/crypto';
import type { NodeEvent, UploadOutcome } from '@priolab/nodes';
import { REPORT_ID_AT, REPORT_ID_SIZE, reasonCode, reasonOf } from '@priolab/roles';
import type { ProcessorRole, Reason, Task } from '@priolab/roles';

import type { Fate, Hop, Outcome } from '../record/fate.ts';
import { addPeerValues } from './views.ts';
import type { ViewEntry } from './views.ts';

/** `proof`: the proof check alone stands against it; `form`: anybody sees it. */
export type Forgery = 'proof' | 'form';

/** One report, as its phone made it. */
export interface ReportEntry {
  readonly number: number;
  /** Which phone of its state and vendor made it. */
  readonly device: number;
  readonly task: Task;
  /** By the time that the phone wrote into it. */
  windowStartMs: number;
  /** bins: as sent, noise and deeds included. */
  readonly sent: Uint32Array;
  /** bins: before noise; absent where the value is invented. */
  clean?: Uint32Array;
  /** How it breaks the rules, where a fault made it so: it must not be counted. */
  forged?: Forgery;
  /** What either processor sees of it. */
  readonly view: ViewEntry;
  /** What the phone wrote into it as its time. */
  createdMs: number;
  /** X of the phone's attestation key: what tells phones apart. */
  deviceKey?: Uint8Array;
  /** What its phone gave to the helper: with it, the leader's share tells the bits. */
  readonly helperSeed?: Uint8Array;
  outcome?: UploadOutcome;
  /** The reason code with which a server first refused it, heard or not. */
  refusedAs?: number;
  /** When the phone heard that it is stored. */
  storedMs?: number;
  /** Uploads of it that an ingestor looked at: reason codes, 0 forwarded. */
  readonly intakes: number[];
  readonly batchIds: string[];
  /** Last verdict of each processor: batch and reason code. */
  readonly verdicts: Partial<Record<ProcessorRole, Map<string, number>>>;
}

/** What became of a window of a task. */
export interface WindowEntry {
  readonly task: Task;
  readonly windowStartMs: number;
  published?: Extract<NodeEvent, { kind: 'published' }>;
  publishedTimes: number;
  held?: { readonly reason: string; readonly detail: string };
  suppressed?: number;
  /** Why a processor does not go by what its peer says of which batches there are. */
  readonly setRefusals: Set<string>;
  /** When one of these was first so. */
  settledMs?: number;
  readonly sums: Partial<Record<ProcessorRole, Extract<NodeEvent, { kind: 'summed' }>>>;
}

/** What was said of a batch by a processor that does not use it. */
export interface BatchEntry {
  /** Known to the simulator alone. */
  readonly reports: Set<number>;
  readonly refusals: Map<ProcessorRole, Reason>;
}

/** A fate, and why its window was held, where it was. */
export interface BookedFate extends Fate {
  readonly heldAs?: string;
}

export interface Book {
  readonly reports: readonly ReportEntry[];
  readonly windows: ReadonlyMap<string, WindowEntry>;
  readonly batches: ReadonlyMap<string, BatchEntry>;
  /** Enters a report under its id. */
  enter(entry: Omit<ReportEntry, 'intakes' | 'batchIds' | 'verdicts'>, id: Uint8Array): void;
  /** Another id (hex), or an upload's digest, that belongs to a report. */
  alias(id: string, report: number): void;
  outcomeOf(report: number, outcome: UploadOutcome, nowMs: number): void;
  /** A server has refused it, whether or not its phone hears of that. */
  refusedAtTheDoor(report: number, reason: number): void;
  /** The phone wrote another time into it. */
  dated(report: number, createdMs: number): void;
  /** Its value is its sender's invention: no noisy measurement. */
  invented(report: number): void;
  /** It breaks the rules. */
  forged(report: number, how: Forgery): void;
  /** Takes note of a value that must never come twice: an id, an ephemeral key, a seed. */
  noteFresh(value: Uint8Array): void;
  /** The blinds f0 and g0 of a proof: never twice the same two, and never zero. */
  noteBlinds(f0: number, g0: number): void;
  readonly zeroBlinds: number;
  readonly freshValues: ReadonlySet<string>;
  readonly repeatedValues: number;
  reportOf(idHex: string): number | undefined;
  reportOfUpload(upload: Uint8Array): number | undefined;
  note(event: NodeEvent, nowMs: number): void;
  fateOf(report: number): BookedFate;
  /** Whether there is a report whose fate is still to come. */
  hasOpen(): boolean;
  /** Points r that processors evaluated at, each once, with the number of roots. */
  readonly points: Map<string, { readonly r: number; readonly rootCount: number }>;
}

export function windowKey(task: Task, windowStartMs: number): string {
  return `${toHex(task.id)}/${windowStartMs}`;
}

export function emptyWindow(task: Task, windowStartMs: number): WindowEntry {
  return { task, windowStartMs, sums: {}, setRefusals: new Set(), publishedTimes: 0 };
}

const UPLOAD = 'upload ';

/** How the book knows an upload whose id may be gone. */
export function uploadName(bytes: Uint8Array): string {
  return UPLOAD + toHex(sha256(bytes));
}

const LATE: Reason = 'batch-late';
const UNMATCHED: Reason = 'batch-unmatched';
const UNSAFE = reasonCode('unsafe-query-randomness');
const PEER_MISSING = reasonCode('peer-missing');
const DUPLICATE = reasonCode('duplicate-report-id');

function batchIn(batches: Map<string, BatchEntry>, id: string): BatchEntry {
  const known = batches.get(id) ?? { reports: new Set(), refusals: new Map() };
  batches.set(id, known);
  return known;
}

export function createBook(): Book {
  const reports: ReportEntry[] = [];
  const numbers = new Map<string, number>();
  const windows = new Map<string, WindowEntry>();
  const summedIn: SummedIn = new Map();
  const batches = new Map<string, BatchEntry>();
  const points: Book['points'] = new Map();
  const freshValues = new Set<string>();
  let repeatedValues = 0;
  let zeroBlinds = 0;
  let hasNames = false;

  const batchOf = (id: string): BatchEntry => batchIn(batches, id);
  const windowOf = (task: Task, windowStartMs: number): WindowEntry => {
    const key = windowKey(task, windowStartMs);
    const known = windows.get(key) ?? emptyWindow(task, windowStartMs);
    windows.set(key, known);
    return known;
  };
  const reportIn = (ids: Uint8Array, at: number): ReportEntry | undefined => {
    const id = toHex(ids.subarray(at, at + REPORT_ID_SIZE));
    const number = numbers.get(id);
    return number === undefined ? undefined : reports[number];
  };

  const reportOfUpload = (upload: Uint8Array): ReportEntry | undefined => {
    // By all its bytes first: one that was changed may bear another report's id.
    const number = hasNames ? numbers.get(uploadName(upload)) : undefined;
    return number === undefined ? reportIn(upload, REPORT_ID_AT) : reports[number];
  };

  const noteDecided = (event: Extract<NodeEvent, { kind: 'decided' }>): void => {
    const { role, batchId, reportIds, status, queryRandomness, task } = event;
    addPeerValues(event, (at) => reportIn(reportIds, at)?.view);
    for (let i = 0; i < status.length; i++) {
      const entry = reportIn(reportIds, i * REPORT_ID_SIZE);
      // Where a processor refused r it did not evaluate there.
      if (status[i] !== UNSAFE) {
        points.set(`${batchId}/${i}`, { r: queryRandomness[i]!, rootCount: task.shape.rootCount });
      }
      if (entry === undefined) continue;
      const verdicts = (entry.verdicts[role] ??= new Map());
      // Twice in one batch: the first is the one that can count, and that says why it does not.
      const isCopy = verdicts.has(batchId) && status[i] === DUPLICATE;
      if (verdicts.get(batchId) !== 0 && !isCopy) verdicts.set(batchId, status[i]!);
    }
    for (const id of event.unheld) {
      const number = numbers.get(id);
      if (number === undefined) continue;
      (reports[number]!.verdicts[role] ??= new Map()).set(batchId, PEER_MISSING);
    }
  };

  const lookUp: LookUp = { batchOf, windowOf, reportOfUpload, summedIn };
  const note = (event: NodeEvent, nowMs: number): void => {
    if (event.kind === 'decided') noteDecided(event);
    else noteEvent(event, nowMs, lookUp);
  };

  const noteFresh = (name: string): void => {
    if (freshValues.has(name)) repeatedValues += 1;
    freshValues.add(name);
  };

  const windowSummed: WindowSummed = (task, batchId) => {
    const found = [...(summedIn.get(batchId) ?? [])].filter((one) => one.task === task);
    // In several windows only where a vendor cheats: the one that was heard of first.
    return found.length <= 1 ? found[0] : [...windows.values()].find((one) => found.includes(one));
  };
  const fateOf = (report: number): BookedFate => fateFrom(reports[report]!, windowSummed, batches);

  return {
    reports,
    windows,
    batches,
    points,
    enter(entry, id) {
      reports[entry.number] = { ...entry, intakes: [], batchIds: [], verdicts: {} };
      numbers.set(toHex(id), entry.number);
    },
    alias(id, report) {
      hasNames ||= id.startsWith(UPLOAD);
      numbers.set(id, report);
    },
    outcomeOf(report, outcome, nowMs) {
      const entry = reports[report]!;
      entry.outcome = outcome;
      if (outcome.kind === 'stored') entry.storedMs ??= nowMs;
    },
    refusedAtTheDoor: (report, reason) => void (reports[report]!.refusedAs ??= reason),
    dated(report, createdMs) {
      const entry = reports[report]!;
      entry.createdMs = createdMs;
      entry.windowStartMs = createdMs - (createdMs % entry.task.windowMs);
    },
    invented: (report) => void delete reports[report]!.clean,
    forged: (report, how) => void (reports[report]!.forged = how),
    noteFresh: (value) => noteFresh(toHex(value)),
    noteBlinds(f0, g0) {
      // By chance once in two thousand million proofs.
      if (f0 === 0 || g0 === 0) zeroBlinds += 1;
      noteFresh(`blinds ${f0} ${g0}`);
    },
    get zeroBlinds() {
      return zeroBlinds;
    },
    freshValues,
    get repeatedValues() {
      return repeatedValues;
    },
    reportOf: (id) => numbers.get(id),
    reportOfUpload: (upload) => reportOfUpload(upload)?.number,
    note,
    fateOf,
    hasOpen: createHasOpen(reports, fateOf),
  };
}

/**
 * Looks from the report on that was open the last time: asked again and again, it still looks at
 * each of them a few times in all.
 */
function createHasOpen(
  reports: readonly ReportEntry[],
  fateOf: (report: number) => Fate,
): () => boolean {
  let openAt = 0;
  return () => {
    for (let i = 0; i < reports.length; i++) {
      const number = (openAt + i) % reports.length;
      if (reports[number] === undefined || fateOf(number).outcome !== 'pending') continue;
      openAt = number;
      return true;
    }
    return false;
  };
}

/** Where the book finds what an event is about. */
interface LookUp {
  batchOf(id: string): BatchEntry;
  windowOf(task: Task, windowStartMs: number): WindowEntry;
  reportOfUpload(upload: Uint8Array): ReportEntry | undefined;
  readonly summedIn: SummedIn;
}

/** Batch -> windows that it is in, as the leader last summed them. */
type SummedIn = Map<string, Set<WindowEntry>>;

function noteSummed(
  event: Extract<NodeEvent, { kind: 'summed' }>,
  { batchOf, windowOf, summedIn }: LookUp,
): void {
  const { role, batchIds, unmatched } = event;
  const window = windowOf(event.task, event.windowStartMs);
  if (role === 'leader') {
    for (const batchId of window.sums.leader?.batchIds ?? []) summedIn.get(batchId)?.delete(window);
    for (const batchId of batchIds) {
      const known = summedIn.get(batchId) ?? new Set();
      summedIn.set(batchId, known.add(window));
    }
  }
  window.sums[role] = event;
  for (const batchId of unmatched) {
    const { refusals } = batchOf(batchId);
    if (!refusals.has(role)) refusals.set(role, UNMATCHED);
  }
}

function noteBatched(
  event: Extract<NodeEvent, { kind: 'batched' }>,
  { batchOf, reportOfUpload }: LookUp,
): void {
  const entries = event.uploads.map(reportOfUpload);
  entries.forEach((entry, i) => entry?.intakes.push(event.status[i]!));
  for (const { batchId, uploadSlots } of event.batches) {
    for (const slot of uploadSlots) {
      const entry = entries[slot];
      if (entry === undefined) continue;
      batchOf(batchId).reports.add(entry.number);
      if (!entry.batchIds.includes(batchId)) entry.batchIds.push(batchId);
    }
  }
}

function noteEvent(event: NodeEvent, nowMs: number, lookUp: LookUp): void {
  const { batchOf, windowOf } = lookUp;
  switch (event.kind) {
    case 'batched':
      return noteBatched(event, lookUp);
    case 'late':
      return void batchOf(event.batchId).refusals.set(event.role, LATE);
    case 'batch-refused':
      if (event.window !== undefined) {
        const { task, windowStartMs } = event.window;
        windowOf(task, windowStartMs).setRefusals.add(event.reason);
      }
      if (event.batchId === '') return;
      return void batchOf(event.batchId).refusals.set(event.role, event.reason as Reason);
    case 'summed':
      return noteSummed(event, lookUp);
    case 'published': {
      const window = windowOf(event.result.task, event.result.windowStartMs);
      window.published = event;
      window.settledMs ??= nowMs;
      window.publishedTimes += 1;
      return;
    }
    case 'held': {
      const window = windowOf(event.task, event.pair.windowStartMs);
      window.held = { reason: event.pair.reason, detail: event.pair.detail };
      window.settledMs ??= nowMs;
      return;
    }
    case 'suppressed': {
      const window = windowOf(event.task, event.windowStartMs);
      window.suppressed = event.count;
      window.settledMs ??= nowMs;
      return;
    }
    case 'decided':
    case 'taken-in':
    case 'batching-failed':
    case 'expired':
    case 'peer-refused':
    case 'peer-missing':
    case 'task-failed':
  }
}

const fate = (outcome: Outcome, hop: Hop, reason: Reason = 'none'): Fate => ({
  outcome,
  hop,
  reason,
});

/** The window in which the leader summed a batch of a task. */
type WindowSummed = (task: Task, batchId: string) => WindowEntry | undefined;

function fateFrom(
  entry: ReportEntry,
  windowSummed: WindowSummed,
  batches: ReadonlyMap<string, BatchEntry>,
): BookedFate {
  const { verdicts, intakes, batchIds, outcome } = entry;
  const decided = decidedFate(entry, windowSummed);
  if (decided !== undefined) return decided;
  const refused = refusalOf(batchIds, batches);
  if (refused !== undefined) return refused;
  // In a sum at one side and not yet at the other, or in a batch that nobody has summed yet.
  if (batchIds.length > 0 || verdicts.leader !== undefined) return fate('pending', 'leader');
  // Forwarded once, and in no batch that anybody has: what came of its copies is another matter.
  if (intakes.includes(0)) return fate('pending', 'ingestor');
  const code = intakes.find((one) => one !== 0);
  if (code !== undefined) return fate('rejected', 'ingestor', reasonOf(code));
  if (outcome === undefined) return fate('pending', 'device');
  if (outcome.kind === 'refused') return fate('rejected', 'ingestor', reasonOf(outcome.reason));
  if (outcome.kind === 'given-up' || outcome.kind === 'stopped') {
    if (entry.refusedAs === undefined) return fate('rejected', 'device', 'not-sent');
    return fate('rejected', 'ingestor', reasonOf(entry.refusedAs));
  }
  return fate('pending', 'ingestor');
}

/**
 * Why a batch was not used. Who had it in full and says that the other did not sum it tells only
 * what follows: the other says why, and that is the reason where there is one.
 */
function refusalOf(
  batchIds: readonly string[],
  batches: ReadonlyMap<string, BatchEntry>,
): Fate | undefined {
  const all = batchIds.flatMap((batchId) =>
    (['leader', 'helper'] as const).flatMap((role) => {
      const reason = batches.get(batchId)?.refusals.get(role);
      return reason === undefined ? [] : [fate('rejected', role, reason)];
    }),
  );
  return all.find(({ reason }) => reason !== UNMATCHED) ?? all[0];
}

const PEER_REFUSED = reasonCode('peer-refused');

/** What two verdicts and the window make of a report; undefined while a verdict is missing. */
function decidedFate(
  { verdicts, task }: ReportEntry,
  windowSummed: WindowSummed,
): BookedFate | undefined {
  const { leader, helper } = verdicts;
  if (leader === undefined || helper === undefined) return undefined;
  for (const [batchId, code] of leader) {
    if (code !== 0 || helper.get(batchId) !== 0) continue;
    const window = windowSummed(task, batchId);
    if (window?.published !== undefined) return fate('accepted', 'combiner');
    // Where one processor keeps a small sum back, the combiner misses it.
    if (window?.suppressed !== undefined) return fate('rejected', 'combiner', 'below-minimum');
    if (window?.held !== undefined) {
      return { ...fate('rejected', 'combiner', 'window-held'), heldAs: window.held.reason };
    }
    return fate('pending', 'combiner');
  }
  for (const [batchId, code] of leader) {
    const other = helper.get(batchId);
    if (other === undefined) continue;
    const leaderFound = code !== 0 && code !== PEER_REFUSED;
    if (leaderFound) return fate('rejected', 'leader', reasonOf(code));
    return fate('rejected', 'helper', reasonOf(other === 0 ? code : other));
  }
  return undefined;
}
