/**
 * The version handshake of the processors. Each says in the peer's store which versions of their
 * messages it speaks, and reads what the peer says. A note is never changed, as nothing is in
 * shared stores: who comes to speak otherwise writes the next one, and the last one counts. While
 * no version is common nothing is written for the peer, batches and windows wait, and whoever
 * listens is told. Source: ENPA section 9.2 (files of two schema versions in one deployment, seen
 * only when they could not be read).
 */

import type { Header, ProcessorRole } from '@priolab/roles';
import type { ObjectStore } from '@priolab/runtime';

import { peerOf, versionsPrefix } from '../names.ts';
import { DamagedNote, encodeNote, readNote } from '../notes.ts';
import type { NoteKind } from '../notes.ts';
import { PACKETS, SIGNATURE, readSigned, writeSigned } from '../signed-store.ts';
import type { ProcessorDesk } from './desk.ts';

/** The versions of the processors' messages that this program has code for. */
export const PEER_VERSIONS: readonly number[] = [1];

/** What messages are in that name no version. */
const FIRST_VERSION = 1;

const KIND = 'versions';
const TIME: NoteKind<number> = {
  what: 'a time in milliseconds',
  isOne: (value): value is number => Number.isSafeInteger(value),
};
const EMPTY = new Uint8Array(0);
const ORDINAL_DIGITS = 6;
/** Notes that were stored as something else than what was written, in one go. */
const ANNOUNCE_ATTEMPTS = 4;

export interface Handshake {
  /** Says what we speak where it is not said yet, and reads what the peer speaks. */
  renew(nowMs: number): Promise<void>;
  /** The highest version that both speak; undefined: none, or nothing is known of the peer. */
  agreed(): number | undefined;
  /** The peer's versions, where none of them is ours. */
  foreign(): readonly number[] | undefined;
  /**
   * By our clock, when it was last seen that no version was common. The peer needs time from then
   * on to say what it could not say.
   */
  apartMs(): number;
}

/** A desk whose processor knows how to talk to its peer. */
export interface DeskAtWork extends ProcessorDesk {
  readonly handshake: Handshake;
}

export function createHandshake(desk: ProcessorDesk): Handshake {
  const { role, state, validity, peerValidity, peerReader, settings } = desk;
  const peer = peerOf(role);
  const stateKey = versionsPrefix(role);
  let said: Said | undefined;
  let heard: { readonly key: string; readonly versions: readonly number[] } | undefined;
  /** Undefined: not read yet. */
  let apartMs: number | undefined;
  let notedMs = -Infinity;

  const common = (): number[] =>
    desk.versions().filter((version) => heard?.versions.includes(version) === true);
  const isApart = (): boolean => heard !== undefined && common().length === 0;

  const announce = async (): Promise<void> => {
    const versions = desk.versions().map(String);
    // A listing may have been old when we began: a later note of ours may have come to light.
    let ordinal = Math.max(said?.ordinal ?? 1, await lastOrdinal(peerValidity, role));
    if (said?.text === versions.join() && said.ordinal === ordinal) {
      const key = noteKey(role, ordinal) + SIGNATURE;
      if ((await peerValidity.stat(key)) !== undefined) return;
    }
    for (let attempt = 0; attempt < ANNOUNCE_ATTEMPTS; attempt++, ordinal++) {
      if (!(await writeNote(desk, ordinal, versions))) continue;
      said = { ordinal, text: versions.join() };
      return;
    }
  };

  const listen = async (): Promise<void> => {
    const key = noteKey(peer, await lastOrdinal(validity, peer));
    // A listing may be old; what was heard is not unheard.
    if (heard !== undefined && key <= heard.key) return;
    const opened = await readSigned(validity, key, peerReader);
    const versions = opened?.ok === true ? versionsOf(opened.header, peer, key) : undefined;
    // A newer note that can't be read may say anything: better to wait than to go by an older one.
    const isUnread = versions === undefined && opened !== undefined;
    if (versions !== undefined) heard = { key, versions };
    else if (isUnread) heard = undefined;
  };

  return {
    async renew(nowMs) {
      if (apartMs === undefined) notedMs = apartMs = await readApart(state, stateKey, nowMs);
      await announce();
      await listen();
      if (!isApart()) return;
      apartMs = nowMs;
      // Once a scan is enough: many windows may ask in between.
      if (Math.abs(nowMs - notedMs) < settings.scanEveryMs) return;
      notedMs = nowMs;
      await state.put(stateKey, encodeNote(stateKey, nowMs), { overwrite: true });
    },
    agreed() {
      const both = common();
      return both.length === 0 ? undefined : Math.max(...both);
    },
    foreign: () => (isApart() ? heard!.versions : undefined),
    apartMs: () => apartMs ?? -Infinity,
  };
}

/** A message's header in a version that was agreed on. */
export function inVersion(header: Header, version: number): Header {
  return version === FIRST_VERSION ? header : { ...header, version };
}

/**
 * Whether a message is of a version that we can read: one of ours or an earlier one, so that what
 * was written before an upgrade stays readable.
 */
export function isReadable({ versions }: ProcessorDesk, header: Header): boolean {
  const version = header['version'] ?? FIRST_VERSION;
  return typeof version === 'number' && version <= Math.max(...versions());
}

/** Why a batch is left out of which the peer has said nothing. */
export function unheard({ role, handshake }: DeskAtWork): { reason: string; detail: string } {
  const peer = peerOf(role);
  const foreign = handshake.foreign();
  if (foreign === undefined) {
    return { reason: 'peer-missing', detail: `the ${peer} says nothing of it` };
  }
  return { reason: 'peer-version', detail: `the ${peer} speaks version ${foreign.join(', ')}` };
}

interface Said {
  readonly ordinal: number;
  readonly text: string;
}

function noteKey(role: ProcessorRole, ordinal: number): string {
  return versionsPrefix(role) + String(ordinal).padStart(ORDINAL_DIGITS, '0');
}

/** Of the notes that a processor has written in full; 1 where there is none. */
async function lastOrdinal(store: ObjectStore, role: ProcessorRole): Promise<number> {
  const prefix = versionsPrefix(role);
  const numbers = (await store.list(prefix))
    .filter((key) => key.endsWith(SIGNATURE))
    .map((key) => Number(key.slice(prefix.length, -SIGNATURE.length)))
    .filter((number) => Number.isSafeInteger(number));
  return Math.max(1, ...numbers);
}

/**
 * Writes a note and reads it again: one that is stored torn would silence us for good.
 * @returns false where something else stands there
 */
async function writeNote(
  { role, signer, peerValidity }: ProcessorDesk,
  ordinal: number,
  versions: readonly string[],
): Promise<boolean> {
  const key = noteKey(role, ordinal);
  const sealed = signer.seal({ kind: KIND, role, ordinal, versions }, EMPTY);
  const { header, packets, signature } = sealed;
  const parts = Object.entries({ '': header, [PACKETS]: packets, [SIGNATURE]: signature });
  const look = async (): Promise<'whole' | 'partial' | 'other'> => {
    let found = 0;
    for (const [ending, ours] of parts) {
      const there = await peerValidity.get(key + ending);
      if (there !== undefined && Buffer.compare(there, ours) !== 0) return 'other';
      if (there !== undefined) found += 1;
    }
    return found === parts.length ? 'whole' : 'partial';
  };
  const before = await look();
  if (before !== 'partial') return before === 'whole';
  await writeSigned(peerValidity, key, sealed);
  // What can't be read at the moment is looked for again at the next scan.
  return (await look()) !== 'other';
}

/** Undefined where the note is not what its name says, or no list of versions. */
function versionsOf(header: Header, peer: ProcessorRole, key: string): number[] | undefined {
  const { kind, role, ordinal, versions } = header;
  const isNamed = kind === KIND && role === peer && noteKey(peer, Number(ordinal)) === key;
  if (!isNamed || !Array.isArray(versions)) return undefined;
  const numbers = versions.map(Number);
  return numbers.every((one) => Number.isSafeInteger(one) && one > 0) ? numbers : undefined;
}

/** What was noted before a crash; a note that can't be read may be of this moment. */
async function readApart(store: ObjectStore, key: string, nowMs: number): Promise<number> {
  try {
    return (await readNote(store, key, TIME)) ?? -Infinity;
  } catch (error) {
    if (!(error instanceof DamagedNote)) throw error;
    return nowMs;
  }
}
