/**
 * What a processor says to its peer is sealed once and noted before any of it is written. A message
 * is three objects that nobody can change any more: whoever went on after a crash with a newer
 * program, in another version or without a key of then, would put the rest of another message to
 * what is there, and nobody could read that.
 */

import { fromHex, toHex } from '@priolab/crypto';
import type { SignedObject } from '@priolab/roles';

import { endings } from '../names.ts';
import { putDurably, writeSigned } from '../signed-store.ts';
import { NotReady } from './desk.ts';
import type { ProcessorDesk } from './desk.ts';

/**
 * Writes a message about a batch or a window for the peer; where one was begun, that one.
 * @param base of the batch or the window
 * @throws NotReady where the note can't be read at the moment
 */
export async function say(
  { state, peerValidity }: ProcessorDesk,
  { base, ending }: { readonly base: string; readonly ending: string },
  sealed: SignedObject,
): Promise<void> {
  const note = base + endings.said;
  const isNew = await putDurably(state, note, encodeNote(sealed));
  const said = isNew ? sealed : decodeNote(await state.get(note));
  if (said === undefined) throw new NotReady(`the note ${note} can't be read at the moment`);
  await writeSigned(peerValidity, base + ending, said);
}

function encodeNote({ header, packets, signature }: SignedObject): Uint8Array {
  const parts = [header, packets, signature].map(toHex);
  return new TextEncoder().encode(JSON.stringify(parts));
}

function decodeNote(bytes: Uint8Array | undefined): SignedObject | undefined {
  try {
    const parts = JSON.parse(new TextDecoder().decode(bytes)) as string[];
    const [header, packets, signature] = parts.map(fromHex);
    return { header: header!, packets: packets!, signature: signature! };
  } catch {
    return undefined;
  }
}
