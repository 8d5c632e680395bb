/**
 * The four JSON documents of a processor by hand, between files and the roles' types:
 *
 *   key:      { format, privateKey }
 *   batch:    { format, task, batchId, windowStartMs, reports: [{ reportId, r, sealed }] }
 *   verifier: { format, role, batchId, reports: [{ reportId, values: [f, g, h] }
 *                                              | { reportId, refused }] }
 *   sum:      { format, role, task, windowStartMs, batchIds, sum, count,
 *               rejected: [{ reportId, reason }] }
 *   task:     { metric, bins, state, vendor, epsilon, windowMs }
 *
 * Ids are lower-case hex, keys and sealed shares padded base64, times milliseconds since the epoch.
 * This form is for trying the protocol by hand and for tests; it is not ENPA's (Avro, signed).
 */

import { statSync, writeFileSync } from 'node:fs';

import {
  CryptoError,
  POINT_SIZE,
  SCALAR_SIZE,
  decodeKeyPair,
  encodeKeyPair,
  toHex,
} from '@priolab/crypto';
import type { KeyPair } from '@priolab/crypto';
import { FIELD_MODULUS, MAX_DIMENSION } from '@priolab/prio';
import {
  BATCH_ID_SIZE,
  REASONS,
  REPORT_ID_SIZE,
  catalogueMetric,
  createTask,
  customMetric,
  reasonCode,
  reasonOf,
  uploadLayout,
} from '@priolab/roles';
import type {
  AggregateShare,
  ProcessorRole,
  ShareBatch,
  Task,
  VerifierShareBlock,
} from '@priolab/roles';

import { UsageError, fileError, readDocument } from './checks.ts';
import type { JsonNode } from './checks.ts';

export const FORMATS = Object.freeze({
  key: 'priolab processor key v1',
  batch: 'priolab ingestion batch v1',
  verifier: 'priolab verifier shares v1',
  sum: 'priolab sum v1',
});

const REPORTS_MAX = 10_000;
const WINDOW_MS_MAX = 31 * 86_400_000;
/** The last time that a `Date` can show. */
const TIME_MS_MAX = 8.64e15;
const ROLES = ['leader', 'helper'] as const;
const REFUSALS = REASONS.filter((reason) => reason !== 'none');
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const NAME_ALLOWED = '1 to 100 letters, digits, ".", "_" or "-"';

/**
 * Reads a private key file. One that others may read is refused: its shares may be known to them.
 */
export function readKey(file: string): KeyPair {
  const mode = statSync(file, { throwIfNoEntry: false })?.mode ?? 0o600;
  if ((mode & 0o177) !== 0) {
    const got = (mode & 0o777).toString(8);
    throw new UsageError(`${file}: got file mode 0${got}, allowed: 0600; run: chmod 600 ${file}`);
  }
  return readDocument(file, (root) => {
    const { format, privateKey } = root.members('format', 'privateKey');
    format.oneOf(FORMATS.key);
    const bytes = privateKey.bytes('base64', POINT_SIZE + SCALAR_SIZE);
    root.settle();
    try {
      return decodeKeyPair(Buffer.from(bytes).toString('base64'));
    } catch (error) {
      if (!(error instanceof CryptoError)) throw error;
      throw new UsageError(`privateKey: got ${error.code}, allowed: a P-256 point and its scalar`);
    }
  });
}

/** Writes a new private key file, mode 0600. */
export function writeKey(file: string, keyPair: KeyPair): void {
  const document = { format: FORMATS.key, privateKey: encodeKeyPair(keyPair) };
  writeNew(file, document, 0o600);
}

/** Reads an ingestion batch; the size of its sealed shares tells whose it is. */
export function readBatch(file: string, role: ProcessorRole): ShareBatch {
  return readDocument(file, (root) => {
    const batch = root.members('format', 'task', 'batchId', 'windowStartMs', 'reports');
    batch.format.oneOf(FORMATS.batch);
    const task = parseTask(batch.task);
    const windowStartMs = parseWindowStart(batch.windowStartMs, task);
    const batchId = batch.batchId.bytes('hex', BATCH_ID_SIZE);
    const layout = uploadLayout(task.shape);
    const sealedSize = role === 'leader' ? layout.leaderSealedSize : layout.helperSealedSize;
    const items = batch.reports.items(1, REPORTS_MAX).map((node) => {
      const { reportId, r, sealed } = node.members('reportId', 'r', 'sealed');
      return {
        reportId: reportId.bytes('hex', REPORT_ID_SIZE),
        r: r.integer(0, FIELD_MODULUS - 1),
        sealed: sealed.bytes('base64', sealedSize),
      };
    });
    root.settle();
    const bytes = concat(items.map(({ sealed }) => sealed));
    return {
      task,
      batchId,
      windowStartMs,
      count: items.length,
      reportIds: concat(items.map(({ reportId }) => reportId)),
      queryRandomness: Uint32Array.from(items, ({ r }) => r),
      sealed: { bytes, offset: 0, stride: sealedSize },
      sealedSize,
    };
  });
}

export function writeVerifierShares(
  file: string,
  role: ProcessorRole,
  { batchId, count, reportIds, values, status }: VerifierShareBlock,
): void {
  const reports = Array.from({ length: count }, (_, i) => {
    const reportId = reportIdAt(reportIds, i);
    return status[i] === 0
      ? { reportId, values: [...values.subarray(3 * i, 3 * i + 3)] }
      : { reportId, refused: reasonOf(status[i]!) };
  });
  writeNew(file, { format: FORMATS.verifier, role, batchId: toHex(batchId), reports });
}

/** Reads verifier shares; values of p or more are left to the protocol, which aborts on them. */
export function readVerifierShares(file: string): {
  role: ProcessorRole;
  block: VerifierShareBlock;
} {
  return readDocument(file, (root) => {
    const { format, role, batchId, reports } = root.members('format', 'role', 'batchId', 'reports');
    format.oneOf(FORMATS.verifier);
    const sender = role.oneOf(...ROLES);
    const id = batchId.bytes('hex', BATCH_ID_SIZE);
    const items = reports.items(1, REPORTS_MAX).map((node) => {
      const { reportId, values, refused } = node.members('reportId', 'values', 'refused');
      if (values.present === refused.present) node.fail('either values or refused');
      const share = refused.present
        ? [0, 0, 0]
        : values.items(3, 3).map((value) => value.integer(0, 2 ** 32 - 1));
      const status = refused.present ? reasonCode(refused.oneOf(...REFUSALS)) : 0;
      return { reportId: reportId.bytes('hex', REPORT_ID_SIZE), share, status };
    });
    root.settle();
    const block = {
      batchId: id,
      count: items.length,
      reportIds: concat(items.map(({ reportId }) => reportId)),
      values: Uint32Array.from(items.flatMap(({ share }) => share)),
      status: Uint8Array.from(items, ({ status }) => status),
    };
    return { role: sender, block };
  });
}

export interface RejectedReport {
  readonly reportId: string;
  readonly reason: string;
}

export function writeSum(
  file: string,
  role: ProcessorRole,
  share: AggregateShare,
  rejected: readonly RejectedReport[],
): void {
  const { task, windowStartMs, batchIds, count } = share;
  const { metric, state, vendor, epsilon, windowMs } = task;
  const taskForm = { metric: metric.id, bins: metric.bins, state, vendor, epsilon, windowMs };
  const content = { task: taskForm, windowStartMs, batchIds, sum: [...share.sum], count, rejected };
  writeNew(file, { format: FORMATS.sum, role, ...content });
}

export function readSum(file: string): { role: ProcessorRole; share: AggregateShare } {
  return readDocument(file, (root) => {
    const keys = ['format', 'role', 'task', 'windowStartMs'] as const;
    const node = root.members(...keys, 'batchIds', 'sum', 'count', 'rejected');
    node.format.oneOf(FORMATS.sum);
    const role = node.role.oneOf(...ROLES);
    const task = parseTask(node.task);
    const windowStartMs = parseWindowStart(node.windowStartMs, task);
    const batchIds = node.batchIds
      .items(1, REPORTS_MAX)
      .map((id) => toHex(id.bytes('hex', BATCH_ID_SIZE)));
    const sum = node.sum
      .items(task.metric.bins, task.metric.bins)
      .map((element) => element.integer(0, FIELD_MODULUS - 1));
    const count = node.count.integer(0, 2 ** 32 - 1);
    const rejected = node.rejected.items(0, REPORTS_MAX);
    for (const item of rejected) {
      const { reportId, reason } = item.members('reportId', 'reason');
      reportId.bytes('hex', REPORT_ID_SIZE);
      reason.oneOf(...REFUSALS);
    }
    const totals = { sum: Uint32Array.from(sum), count, rejectedCount: rejected.length };
    return { role, share: { task, windowStartMs, batchIds, ...totals } };
  });
}

/** Settles: the sizes of all that follows depend on the task. */
function parseTask(node: JsonNode): Task {
  const keys = ['metric', 'bins', 'state', 'vendor', 'epsilon', 'windowMs'] as const;
  const { metric, bins, state, vendor, epsilon, windowMs } = node.members(...keys);
  const id = metric.text(NAME, NAME_ALLOWED);
  const width = bins.integer(1, MAX_DIMENSION);
  const parameters = {
    state: state.text(NAME, NAME_ALLOWED),
    vendor: vendor.oneOf('apple', 'google'),
    epsilon: epsilon.number(0, 32),
    windowMs: windowMs.integer(1, WINDOW_MS_MAX),
  };
  const known = catalogueMetric(id);
  if (known !== undefined && known.bins !== width) bins.fail(`${known.bins}, for metric ${id}`);
  node.settle();
  const custom = () => customMetric({ id, bins: width, layout: 'k-hot' });
  return createTask({ metric: known ?? custom(), ...parameters });
}

function parseWindowStart(node: JsonNode, { windowMs }: Task): number {
  const windowStartMs = node.integer(0, TIME_MS_MAX);
  if (windowStartMs % windowMs !== 0) node.fail(`a multiple of windowMs, ${windowMs}`);
  return windowStartMs;
}

export function reportIdAt(reportIds: Uint8Array, slot: number): string {
  return toHex(reportIds.subarray(slot * REPORT_ID_SIZE, (slot + 1) * REPORT_ID_SIZE));
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** Writes a file that must not exist: a slip of the pen must not cost a key or a message. */
function writeNew(file: string, document: Readonly<Record<string, unknown>>, mode = 0o644): void {
  const members = Object.entries(document).map(([key, value]) => {
    const isTable = Array.isArray(value) && typeof value[0] === 'object';
    const rows = isTable ? value.map((row) => `\n    ${JSON.stringify(row)}`).join(',') : '';
    return `  ${JSON.stringify(key)}: ${isTable ? `[${rows}\n  ]` : JSON.stringify(value)}`;
  });
  try {
    writeFileSync(file, `{\n${members.join(',\n')}\n}\n`, { flag: 'wx', mode });
  } catch (error) {
    throw fileError(file, 'the name of a new file', error);
  }
}
