/**
 * Takes in one batch: opens our shares, evaluates the proofs at r, and leaves the verifier shares
 * where the peer reads them. Done twice it writes the same bytes.
 * Source: ENPA section 6.5 "Intake".
 */

import { encodeVerifierShares, reasonCode } from '@priolab/roles';

import { endings, readBatchBase, windowBase } from '../names.ts';
import { writeSigned } from '../signed-store.ts';
import { NotReady, readBatch } from './desk.ts';
import type { ProcessorDesk } from './desk.ts';

const DECRYPT_FAILED = reasonCode('decrypt-failed');

export async function takeIn(desk: ProcessorDesk, base: string): Promise<void> {
  const { role, signer, peerValidity, state, listener, settings } = desk;
  const batchId = readBatchBase(base)!.batchId;
  const read = await readBatch(desk, base);
  if (read.state === 'absent') throw new NotReady(`batch ${base} is not complete`);
  if (read.state === 'refused') {
    const { reason, detail } = read;
    listener({ kind: 'batch-refused', role, batchId, of: 'ingestion', reason, detail });
    return;
  }
  const { batch } = read;
  const { task, windowStartMs } = batch;
  const noted = await state.get(windowBase(task, windowStartMs) + endings.set(role));
  if (noted !== undefined) {
    // A queue may give out a task that was done long ago: then there is nothing to do.
    const isKnown = new TextDecoder().decode(noted).includes(batchId);
    if (!isKnown) listener({ kind: 'late', role, batchId });
    return;
  }
  if (batch.count === 0 && settings.legacy.unequalEmptyBatches && role === 'helper') return;
  const shares = desk.processorOf(task).verifyInit(batch);
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
  await writeSigned(peerValidity, base + endings.validity(role), signer.seal(header, packets));
  listener({ kind: 'taken-in', role, batchId });
}
