/**
 * One replica of a vendor's upload server: looks at the form, the task, the age and the rate of an
 * upload, stores it, and only then says so: what can never be used takes no room. Whether the
 * device is a real one is checked when batches are made. Replicas share nothing but the store, so
 * any of them may die at any time.
 */

import { sha256, toHex } from '@priolab/crypto';
import {
  CREATED_AT,
  DEVICE_KEY_AT,
  LEADER_AT,
  TASK_ID_AT,
  TASK_ID_SIZE,
  DAY_MS,
  readTimeMs,
  reasonCode,
  uploadFault,
  uploadLayout,
} from '@priolab/roles';
import type { Task } from '@priolab/roles';
import { TransportError } from '@priolab/runtime';
import type { Host, Network, ObjectStore } from '@priolab/runtime';

import { putDurably, readStored } from '../signed-store.ts';

/** The one byte that an upload is answered with: 0 stored, 255 try again, else a reason code. */
export const STORED = 0;
export const TRY_AGAIN = 255;

export interface FrontOptions {
  readonly network: Network;
  readonly inbox: ObjectStore;
  /** By the hex of their ids. */
  readonly tasks: ReadonlyMap<string, Task>;
  /**
   * Whether a task is collected on a day (since the Unix epoch), by the time that the upload bears:
   * its authority has enabled ENPA. Left out: always.
   */
  readonly isEnabled?: ((task: Task, day: number) => boolean) | undefined;
  /** An upload made longer ago, or further ahead, is refused. */
  readonly ageMsMax: number;
  readonly skewMsMax: number;
  /** Uploads of one device key on one day, at most. */
  readonly uploadsPerKeyMax: number;
}

const TRUNCATED = reasonCode('truncated');
const OVERSIZED = reasonCode('oversized');
const WRONG_TASK = reasonCode('wrong-task');
const STALE = reasonCode('stale');
const RATE_LIMITED = reasonCode('rate-limited');

/** Bytes of an upload's SHA-256 in its key. */
const DIGEST_IN_NAME = 16;

/** The key of a stored upload: its day and task, then when it came and what it is. */
export function inboxPrefix(day: number, taskId: string): string {
  return `uploads/${day}/${taskId}/`;
}

function digestOf(upload: Uint8Array): string {
  return toHex(sha256(upload)).slice(0, 2 * DIGEST_IN_NAME);
}

/**
 * A stored upload: the batches of a plan must be the same whenever it is carried out, so what comes
 * back changed is read again. What comes back the same again and again is what is stored: it is
 * refused by name, where it is no upload.
 * @throws TransportError, to be tried again
 */
export async function readUpload(inbox: ObjectStore, key: string): Promise<Uint8Array> {
  const isRight = (upload: Uint8Array): boolean => key.endsWith(`-${digestOf(upload)}`);
  const upload = await readStored(inbox, key, isRight);
  if (upload !== undefined) return upload;
  const text = `${key}: expected the upload that is planned, got none`;
  throw new TransportError('unavailable', text, { retryable: true, definite: true });
}

export async function runFront(host: Host, options: FrontOptions): Promise<void> {
  const { network, inbox, tasks, isEnabled, ageMsMax, skewMsMax, uploadsPerKeyMax } = options;
  const uploadsOf = new Map<string, number>();
  let countedDay = -1;

  const sizeMax = Math.max(...[...tasks.values()].map(({ shape }) => uploadLayout(shape).size));

  const fault = (upload: Uint8Array): number => {
    // Before anything is made of it: a megabyte is no upload of any task.
    if (upload.length > sizeMax) return OVERSIZED;
    if (upload.length < LEADER_AT) return TRUNCATED;
    const task = tasks.get(toHex(upload.subarray(TASK_ID_AT, TASK_ID_AT + TASK_ID_SIZE)));
    if (task === undefined) return WRONG_TASK;
    const form = uploadFault(task.id, upload, 0, upload.length, uploadLayout(task.shape));
    if (form !== 0) return form;
    const createdMs = readTimeMs(upload, CREATED_AT);
    if (isEnabled?.(task, Math.floor(createdMs / DAY_MS)) === false) return WRONG_TASK;
    const ageMs = host.clock.nowMs() - createdMs;
    if (ageMs > ageMsMax || ageMs < -skewMsMax) return STALE;
    return 0;
  };

  const isTooMany = (upload: Uint8Array): boolean => {
    const today = Math.floor(host.clock.nowMs() / DAY_MS);
    if (today !== countedDay) uploadsOf.clear();
    countedDay = today;
    const key = toHex(upload.subarray(DEVICE_KEY_AT + 1, DEVICE_KEY_AT + 17));
    const count = (uploadsOf.get(key) ?? 0) + 1;
    uploadsOf.set(key, count);
    return count > uploadsPerKeyMax;
  };

  network.listen(host.name, async (upload) => {
    const found = fault(upload);
    if (found !== 0) return Uint8Array.of(found);
    if (isTooMany(upload)) return Uint8Array.of(RATE_LIMITED);
    const day = Math.floor(readTimeMs(upload, CREATED_AT) / DAY_MS);
    const taskId = toHex(upload.subarray(TASK_ID_AT, TASK_ID_AT + TASK_ID_SIZE));
    const arrival = String(host.clock.nowMs()).padStart(15, '0');
    // What it is, so that no two share a name, whatever the clocks say.
    const name = `${arrival}-${digestOf(upload)}`;
    try {
      await putDurably(inbox, inboxPrefix(day, taskId) + name, upload);
    } catch (error) {
      if (error instanceof TransportError) return Uint8Array.of(TRY_AGAIN);
      throw error;
    }
    return Uint8Array.of(STORED);
  });
  return Promise.resolve();
}
