/**
 * An upload in the plain form: is it one of this vendor's tasks, whole and of its time? Nothing is
 * read past what was checked. Source: roles' messages/upload.ts; ENPA section 7.
 */

import { sha256, toHex } from '@priolab/crypto';
import {
  CREATED_AT,
  DAY_MS,
  LEADER_AT,
  REPORT_ID_AT,
  REPORT_ID_SIZE,
  TASK_ID_AT,
  TASK_ID_SIZE,
  UPLOAD_VERSION,
  readTimeMs,
  reasonOf,
  uploadFault,
  uploadLayout,
} from '@priolab/roles';
import type { Reason, Task, UploadLayout } from '@priolab/roles';

import type { IngestorLimits } from './limits.ts';
import { refuse } from './upload-fate.ts';
import type { Candidate, Refusal } from './upload-fate.ts';

export interface PlainForm {
  /** Longest upload of any task. */
  readonly sizeMax: number;
  read(upload: Uint8Array, nowMs: number): Candidate | Refusal;
}

const DETAILS: Partial<Record<Reason, string>> = {
  truncated: 'expected a whole upload, got fewer bytes',
  oversized: 'expected an upload of its task, got more bytes',
  'unknown-version': `expected version ${UPLOAD_VERSION}, got another`,
  'wrong-task': 'expected a task of this ingestor, got another',
  'wrong-share-size': 'expected sealed shares of the task’s size, got another size',
};

export function createPlainForm(tasks: readonly Task[], limits: IngestorLimits): PlainForm {
  const known = new Map<string, { readonly task: Task; readonly layout: UploadLayout }>();
  for (const task of tasks) known.set(toHex(task.id), { task, layout: uploadLayout(task.shape) });
  const sizeMax = Math.max(0, ...[...known.values()].map(({ layout }) => layout.size));
  const fault = (reason: Reason): Refusal => refuse(reason, DETAILS[reason] ?? reason);

  return {
    sizeMax,
    read(upload, nowMs) {
      if (upload.length > sizeMax) return fault('oversized');
      if (upload.length < LEADER_AT) return fault('truncated');
      if (upload[0] !== UPLOAD_VERSION) return fault('unknown-version');
      const found = known.get(toHex(upload.subarray(TASK_ID_AT, TASK_ID_AT + TASK_ID_SIZE)));
      if (found === undefined) return fault('wrong-task');
      const { task, layout } = found;
      const code = uploadFault(task.id, upload, 0, upload.length, layout);
      if (code !== 0) return fault(reasonOf(code));
      const createdMs = readTimeMs(upload, CREATED_AT);
      const stale = staleness(createdMs, nowMs, limits);
      if (stale !== undefined) return stale;
      const { leaderSealedSize, helperSealedSize, helperAt, signatureAt } = layout;
      return {
        task,
        day: Math.floor(createdMs / DAY_MS),
        windowStartMs: createdMs - (createdMs % task.windowMs),
        reportId: upload.subarray(REPORT_ID_AT, REPORT_ID_AT + REPORT_ID_SIZE),
        digest: sha256(upload),
        leader: upload.subarray(LEADER_AT, LEADER_AT + leaderSealedSize),
        helper: upload.subarray(helperAt, helperAt + helperSealedSize),
        attested: { form: 'plain', upload, signedSize: signatureAt },
      };
    },
  };
}

/** Whether it is too old, or from too far ahead. */
export function staleness(
  createdMs: number,
  nowMs: number,
  { ageMsMax, skewMsMax }: IngestorLimits,
): Refusal | undefined {
  const ageMs = nowMs - createdMs;
  if (ageMs <= ageMsMax && ageMs >= -skewMsMax) return undefined;
  const got = ageMs > 0 ? 'an older one' : 'one from ahead';
  const hours = `${ageMsMax / 3_600_000} h`;
  return refuse('stale', `expected an upload of the last ${hours}, got ${got}`);
}
