/**
 * Takes in one batch: opens our shares, evaluates the proofs at r, and leaves the verifier shares
 * where the peer reads them. Done twice it writes the same bytes (`say.ts`).
 * Source: ENPA section 6.5 "Intake".
 */

import { encodeVerifierShares, reasonCode } from '@priolab/roles';

import { endings, readBatchBase, windowBase } from '../names.ts';
import { readNote } from '../notes.ts';
import { NotReady, keptMs, readBatch, waitsMs } from './desk.ts';
import type { IntakeJob } from './desk.ts';
import { say } from './say.ts';
import { inVersion, unheard } from './versions.ts';
import type { DeskAtWork } from './versions.ts';
import { WINDOW_NOTE } from './window-set.ts';

const DECRYPT_FAILED = reasonCode('decrypt-failed');

/** Refusals that may be the store's doing: the object may be written or read right later. */
const MAY_MEND: ReadonlySet<string> = new Set(['batch-signature', 'batch-digest', 'batch-unknown']);

/** @param nowMs by the processor's own clock */
export async function takeIn(desk: DeskAtWork, job: IntakeJob, nowMs: number): Promise<void> {
  const { role, signer, state, listener, settings } = desk;
  const { base } = job;
  const { batchId, windowStartMs: namedMs } = readBatchBase(base)!;
  const endMs = namedMs + job.task.windowMs;
  const noteKey = windowBase(job.task, namedMs) + endings.set(role);
  const noted = await readNote(state, noteKey, WINDOW_NOTE);
  // A queue may give out a task that was done long ago: then there is nothing to do.
  if (noted?.batchIds.includes(batchId) === true) return;
  const version = desk.handshake.agreed();
  if (version === undefined) {
    if (nowMs < endMs + waitsMs(settings)) throw new NotReady('no version is agreed on');
    const why = unheard(desk);
    listener({ kind: 'batch-refused', role, batchId, of: 'validity', ...why });
    return;
  }
  const read = await readBatch(desk, base);
  const isDue = nowMs >= endMs + settings.graceMs;
  if (read.state !== 'good') {
    const isFinal = read.state === 'refused' && !MAY_MEND.has(read.reason);
    if (!isFinal && !isDue) throw new NotReady(`batch ${base} can't be taken in at the moment`);
    const incomplete = { reason: 'batch-incomplete', detail: 'a part of it is not there' };
    const { reason, detail } = read.state === 'refused' ? read : incomplete;
    listener({ kind: 'batch-refused', role, batchId, of: 'ingestion', reason, detail });
    return;
  }
  const { batch } = read;
  // After that time it is not known any more what was summed, nor which reports were seen.
  const isForgotten = nowMs >= endMs + keptMs(settings);
  if (isForgotten || noted !== undefined) {
    listener({ kind: 'late', role, batchId });
    return;
  }
  const shares = desk.processorOf(batch.task).verifyInit(batch);
  const poison = shares.status.subarray(0, batch.count).includes(DECRYPT_FAILED);
  if (poison && settings.legacy.poisonDropsBatch) {
    const detail = 'a report does not decrypt';
    listener({
      kind: 'batch-refused',
      role,
      batchId,
      of: 'ingestion',
      reason: 'decrypt-failed',
      detail,
    });
    return;
  }
  const { header, packets } = encodeVerifierShares(batch, shares, role);
  const sealed = signer.seal(inVersion(header, version), packets);
  await say(desk, { base, ending: endings.validity(role) }, sealed);
  listener({ kind: 'taken-in', role, batchId });
}
