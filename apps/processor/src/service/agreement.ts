/**
 * Both processors sum the same batches, or none. Each writes in the other's bucket which batches of
 * a window it can sum, and which of their reports it has counted elsewhere; it sums what both name
 * and counts what neither has counted. One object beside those of 2021, under a prefix that their
 * programs don't look at: a peer of theirs neither needs nor disturbs it (`peer: prio-server`).
 * Source: ENPA sections 6.7 step 4, 9.2 nos. 2, 5, 7 (sets that differ), 10 point 3.
 */

import { EnpaError, decodeOne, encodeContainer, isUuid, records } from '@priolab/roles/enpa';
import type { BatchVerifier } from '@priolab/roles/enpa';

import type { Desk, InstanceDesk } from './desk.ts';
import { getUpTo, putSame } from './objects.ts';
import { peerOf, serverIndexOf, syncOf } from './places.ts';
import type { ProcessorRole } from '@priolab/roles';
import { uuidText } from './share-blocks.ts';
import type { WindowName, WindowRow } from './state.ts';

/** What one processor says about a window. */
export interface WindowSet {
  readonly batches: readonly string[];
  /** `batch report`, two UUIDs. */
  readonly repeated: readonly string[];
}

const FORMAT = 1;
/** Room for some hundred thousand batches and repeated reports. */
const BODY_SIZE_MAX = 2 ** 24;
const SIGNATURE_SIZE_MAX = 2 ** 16;
const PAIR_SIZE = 32;

export function ownSet({ batches, repeated }: WindowRow): WindowSet {
  const pairs = Array.from({ length: repeated.length / PAIR_SIZE }, (_, i) => {
    const at = i * PAIR_SIZE;
    const batch = uuidText(repeated.subarray(at, at + 16));
    return `${batch} ${uuidText(repeated.subarray(at + 16, at + PAIR_SIZE))}`;
  });
  return { batches: JSON.parse(batches) as string[], repeated: pairs };
}

function setKey({ instance, aggregation, startMs }: WindowName, role: ProcessorRole): string {
  const minute = new Date(startMs).toISOString().slice(0, 16).replaceAll(/[-T:]/g, '');
  return `priolab-window-sets/${instance}/${aggregation}/${minute}.set_${serverIndexOf(role)}`;
}

/** Tells the peer. Twice it is the same. */
export async function tellSet(
  desk: Desk,
  instance: InstanceDesk,
  window: WindowName,
  set: WindowSet,
): Promise<void> {
  const key = setKey(window, desk.config.role);
  const body = encodeWindowSet(window, set);
  await putSame(instance.peerValidations, key, body);
  desk.reach('agreement.written');
  const { keyId } = desk.signer;
  const signature = {
    batchHeaderSignature: desk.signer.sign(body),
    keyIdentifier: keyId,
    batchHeader: null,
    packets: null,
  };
  const form = { sync: syncOf(`${key}.sig`) };
  const sealed = encodeContainer(records.batchSignature, [signature], form);
  await instance.peerValidations.put(`${key}.sig`, sealed);
  desk.reach('agreement.signed');
}

export function encodeWindowSet(window: WindowName, set: WindowSet): Uint8Array {
  const { instance, aggregation, startMs } = window;
  const body = { format: FORMAT, instance, aggregation, startMs, ...set };
  return new TextEncoder().encode(JSON.stringify(body));
}

/** What the peer says; undefined where it has said nothing yet. @throws EnpaError */
export async function hearSet(
  desk: Desk,
  { validations, trust }: InstanceDesk,
  window: WindowName,
): Promise<WindowSet | undefined> {
  const key = setKey(window, peerOf(desk.config.role));
  const signature = await getUpTo(validations, `${key}.sig`, SIGNATURE_SIZE_MAX);
  const body = signature === undefined ? undefined : await getUpTo(validations, key, BODY_SIZE_MAX);
  if (signature === undefined || body === undefined) return undefined;
  check(key, body, signature, trust.peer);
  return decodeWindowSet(key, body, window);
}

function check(
  key: string,
  body: Uint8Array,
  signature: Uint8Array,
  verifier: BatchVerifier,
): void {
  const { keyIdentifier, batchHeaderSignature } = decodeOne(records.batchSignature, signature);
  const verdict = verifier.verify(keyIdentifier, body, batchHeaderSignature);
  if (verdict === 'good') return;
  throw new EnpaError(verdict, `${key}: expected a signature of the peer, by "${keyIdentifier}"`);
}

/** @throws EnpaError `wrong-value` */
export function decodeWindowSet(key: string, bytes: Uint8Array, window: WindowName): WindowSet {
  const refuse = (expected: string): EnpaError =>
    new EnpaError('wrong-value', `${key}: expected ${expected}`);
  if (bytes.length > BODY_SIZE_MAX) throw refuse(`at most ${BODY_SIZE_MAX} bytes`);
  let value: Readonly<Record<string, unknown>>;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as typeof value;
  } catch {
    throw refuse('JSON in UTF-8');
  }
  if (typeof value !== 'object' || value === null) throw refuse('an object');
  const { format, instance, aggregation, startMs, batches, repeated } = value;
  if (format !== FORMAT) throw refuse(`format ${FORMAT}`);
  const isOurs =
    instance === window.instance &&
    aggregation === window.aggregation &&
    startMs === window.startMs;
  if (!isOurs) throw refuse('the window that its name says');
  if (!isList(batches, isUuid)) throw refuse('batches: a list of UUIDs');
  const isPair = (text: string): boolean => text.length === 73 && text.split(' ').every(isUuid);
  if (!isList(repeated, isPair)) throw refuse('repeated: a list of pairs of UUIDs');
  return { batches, repeated };
}

function isList(value: unknown, isItem: (text: string) => boolean): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string' && isItem(one));
}
