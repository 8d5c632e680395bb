/**
 * Which batches of a window a processor has in full, written down for good before anything is
 * summed, and which of their reports it has in an earlier batch already. A report counts once,
 * whatever batch or window it comes in: the real system remembered ids within one batch only
 * (ENPA sections 6.5, 9.2 no. 45). Both processors refuse what either of them has seen, so that the
 * order in which they see things makes no difference between them.
 */

import { REPORT_ID_SIZE, encodeBatchSet, reasonCode, reportIdsOf } from '@priolab/roles';

import { endings, taskPrefix, windowBase } from '../names.ts';
import { isTexts, putNote, readNote } from '../notes.ts';
import type { NoteKind } from '../notes.ts';
import type { Ready, Window } from './aggregate.ts';
import { NotReady, waitsMs } from './desk.ts';
import type { ProcessorDesk } from './desk.ts';
import { say } from './say.ts';
import { inVersion } from './versions.ts';
import type { DeskAtWork } from './versions.ts';

/** What a processor notes of a window. */
export interface WindowNote {
  readonly batchIds: readonly string[];
  /** Hex `batchId || reportId`. */
  readonly repeated: readonly string[];
  /** Hex, one after the other: reports of the window's batches that the peer has there as well. */
  readonly reportIds: string;
}

export const WINDOW_NOTE: NoteKind<WindowNote> = {
  what: 'the batches of a window and their reports',
  isOne: (value): value is WindowNote => {
    const { batchIds, repeated, reportIds } = (value ?? {}) as Readonly<Record<string, unknown>>;
    return isTexts(batchIds) && isTexts(repeated) && typeof reportIds === 'string';
  },
};

const PEER_MISSING = reasonCode('peer-missing');
const ID_DIGITS = 2 * REPORT_ID_SIZE;

/**
 * @param nowMs by the processor's own clock
 * @param findReady reads all batches of the window, by batch id
 * @throws NotReady while no version is agreed on with the peer
 * @throws TransportError, to be tried again, where a note can't be read: none is made twice
 */
export async function fixWindowSet(
  desk: DeskAtWork,
  window: Window,
  nowMs: number,
  findReady: () => Promise<ReadonlyMap<string, Ready>>,
): Promise<WindowNote> {
  const { role, state, signer } = desk;
  const base = windowBase(window.task, window.windowStartMs);
  const ending = endings.set(role);
  const key = base + ending;
  const note = await desk.turns(async () => {
    const known = await readNote(state, key, WINDOW_NOTE);
    if (known !== undefined) return known;
    await waitForPeer(desk, window, nowMs);
    const fresh = await makeNote(desk, window, key, await findReady());
    // Whoever was first counts, were it ourselves before a crash.
    return (await putNote(state, key, WINDOW_NOTE, fresh)).body;
  });
  const version = desk.handshake.agreed();
  if (version === undefined) {
    sayIfMissing(desk, window, nowMs);
    throw new NotReady('no version is agreed on');
  }
  const { header, packets } = encodeBatchSet({ ...window, ...note }, role);
  await say(desk, { base, ending }, signer.seal(inVersion(header, version), packets));
  return note;
}

/** When a peer that says nothing about the window is called missing. */
export function givenUpMs({ settings }: ProcessorDesk, { task, windowStartMs }: Window): number {
  return windowStartMs + task.windowMs + waitsMs(settings);
}

export function sayIfMissing(desk: ProcessorDesk, window: Window, nowMs: number): void {
  const { role, listener } = desk;
  const { task, windowStartMs } = window;
  if (nowMs < givenUpMs(desk, window)) return;
  listener({ kind: 'peer-missing', role, task, windowStartMs });
}

/**
 * What the peer could not say while no version was common it says afterwards: the grace begins
 * anew. Once the window is given up nothing is waited for, and what was not said is named.
 */
async function waitForPeer(desk: DeskAtWork, window: Window, nowMs: number): Promise<void> {
  const { handshake, settings } = desk;
  // What was known at the last scan may have changed; a set that is fixed stays as it is.
  await handshake.renew(nowMs);
  const isSettled = nowMs >= handshake.apartMs() + settings.graceMs;
  if (nowMs >= givenUpMs(desk, window)) return;
  if (handshake.agreed() === undefined) throw new NotReady('no version is agreed on');
  if (!isSettled) throw new NotReady('the peer has spoken our version for less than the grace');
}

async function makeNote(
  desk: ProcessorDesk,
  { task }: Window,
  key: string,
  ready: ReadonlyMap<string, Ready>,
): Promise<WindowNote> {
  const batchIds = [...ready.keys()].sort();
  const batchOf = new Map<string, string>();
  if (!desk.settings.legacy.perBatchDedup) {
    for (const other of await desk.state.list(taskPrefix(task))) {
      if (other === key || !other.endsWith(endings.set(desk.role))) continue;
      const { reportIds } = (await readNote(desk.state, other, WINDOW_NOTE)) ?? { reportIds: '' };
      for (let at = 0; at < reportIds.length; at += ID_DIGITS) {
        batchOf.set(reportIds.slice(at, at + ID_DIGITS), other);
      }
    }
  }
  const repeated: string[] = [];
  const seen: string[] = [];
  for (const batchId of batchIds) {
    const { batch, word } = ready.get(batchId)!;
    for (const [i, id] of reportIdsOf(batch).entries()) {
      // Where the peer does not have it it can't count: then it counts where both have it.
      if (word.shares.status[i] === PEER_MISSING) continue;
      const first = batchOf.get(id);
      // Twice within one batch is seen when the batch is verified.
      if (first !== undefined && first !== batchId && !desk.settings.legacy.perBatchDedup) {
        repeated.push(batchId + id);
      } else batchOf.set(id, batchId);
      seen.push(id);
    }
  }
  return { batchIds, repeated, reportIds: seen.join('') };
}
