/**
 * What a processor says to its peer is sealed once and noted before any of it is written. A message
 * is three objects that nobody can change any more: whoever went on after a crash with a newer
 * program, in another version or without a key of then, would put the rest of another message to
 * what is there, and nobody could read that.
 */

import { fromHex, toHex } from '@priolab/crypto';
import type { SignedObject } from '@priolab/roles';

import { endings } from '../names.ts';
import { isTexts, putNote } from '../notes.ts';
import type { NoteKind } from '../notes.ts';
import { writeSigned } from '../signed-store.ts';
import type { ProcessorDesk } from './desk.ts';

const HEX = /^(?:[0-9a-f]{2})*$/;
const SAID: NoteKind<string[]> = {
  what: 'a message: its header, packets and signature in hex',
  isOne: (value): value is string[] =>
    isTexts(value) && value.length === 3 && value.every((part) => HEX.test(part)),
};

/**
 * Writes a message about a batch or a window for the peer; where one was begun, that one.
 * @param base of the batch or the window
 * @throws TransportError, to be tried again, where the note can't be read at the moment
 */
export async function say(
  { state, peerValidity }: ProcessorDesk,
  { base, ending }: { readonly base: string; readonly ending: string },
  sealed: SignedObject,
): Promise<void> {
  const { header, packets, signature } = sealed;
  const parts = [header, packets, signature].map(toHex);
  const said = await putNote(state, base + endings.said, SAID, parts);
  await writeSigned(peerValidity, base + ending, said.isNew ? sealed : messageOf(said.body));
}

function messageOf(parts: readonly string[]): SignedObject {
  const [header, packets, signature] = parts.map(fromHex);
  return { header: header!, packets: packets!, signature: signature! };
}
