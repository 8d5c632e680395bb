/**
 * Signed batches in a bucket: three objects, or one. Read in the order in which the facilitator
 * reads (signature, key, header, digest, packets), and never worked on before the digest fits;
 * written packets first and signature last. What is already there is never written over.
 * Source: ENPA sections 6.2 (names, write order), 6.4 (reading).
 */

import { createDigest, sha256, toHex } from '@priolab/crypto';
import {
  EnpaError,
  createContainerReader,
  decodeOne,
  openHeader,
  records,
} from '@priolab/roles/enpa';
import type { BatchVerifier, Endings, RecordKind } from '@priolab/roles/enpa';
import type { StreamingStore } from '@priolab/runtime/stores';

import { Refused } from './task-errors.ts';

export interface OpenedBatch<H> {
  readonly header: H;
  /** The packet object again, in pieces; throws at its end if it is another one by now. */
  packets(): AsyncIterable<Uint8Array>;
}

interface DigestedHeader {
  readonly packetFileDigest: Uint8Array;
}

/** A header has some hundred bytes. */
const HEADER_SIZE_MAX = 2 ** 16;
/** Of a batch in a single object; packets of their own may be larger than memory. */
const SIGNATURE_SIZE_MAX = 2 ** 26;
/** Bytes that came back wrong once may come back right. */
const READ_ATTEMPTS = 3;
const EMPTY = new Uint8Array(0);

/**
 * @returns undefined where there is no signature yet
 * @throws EnpaError, TransportError
 */
export async function openBatch<H extends DigestedHeader>(
  store: StreamingStore,
  kind: RecordKind<H>,
  names: Endings,
  verifier: BatchVerifier,
): Promise<OpenedBatch<H> | undefined> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await openOnce(store, kind, names, verifier);
    } catch (error) {
      const mayMend = error instanceof EnpaError && MAY_MEND.has(error.code);
      if (!mayMend || attempt === READ_ATTEMPTS) throw error;
    }
  }
}

const MAY_MEND: ReadonlySet<string> = new Set(['invalid-signature', 'digest-mismatch', 'avro']);

/**
 * What is read whole: nothing larger than it may be.
 * @throws EnpaError `limit`
 */
export async function getUpTo(
  store: StreamingStore,
  key: string,
  sizeMax: number,
): Promise<Uint8Array | undefined> {
  const stat = await store.stat(key);
  if (stat === undefined) return undefined;
  if (stat.size <= sizeMax) return store.get(key);
  throw new EnpaError('limit', `${key}: expected at most ${sizeMax} bytes, got ${stat.size}`);
}

/**
 * The packets of a batch that was opened before, by the digest that was noted then: who signed it
 * may not be trusted any more.
 */
export async function reopenPackets(
  store: StreamingStore,
  names: Endings,
  digest: Uint8Array,
): Promise<() => AsyncIterable<Uint8Array>> {
  const signature = await getUpTo(store, names.signature, SIGNATURE_SIZE_MAX);
  const signed = signature && decodeOne(records.batchSignature, signature);
  // Both or neither: one of them alone is not the single-object form.
  const embedded = signed?.batchHeader == null ? null : signed.packets;
  if (embedded == null) return () => verified(store, names.packets, digest);
  checkDigest(names.signature, digest, sha256(embedded));
  return () => onePiece(embedded);
}

async function openOnce<H extends DigestedHeader>(
  store: StreamingStore,
  kind: RecordKind<H>,
  names: Endings,
  verifier: BatchVerifier,
): Promise<OpenedBatch<H> | undefined> {
  const signature = await getUpTo(store, names.signature, SIGNATURE_SIZE_MAX);
  if (signature === undefined) return undefined;
  const header = await getUpTo(store, names.header, HEADER_SIZE_MAX);
  const opened = openHeader(
    kind,
    header === undefined ? { signature } : { signature, header },
    verifier,
  );
  const digest = opened.header.packetFileDigest;
  const embedded = opened.packets;
  if (embedded !== undefined) {
    checkDigest(names.signature, digest, sha256(embedded));
    return { header: opened.header, packets: () => onePiece(embedded) };
  }
  const packets = (): AsyncIterable<Uint8Array> => verified(store, names.packets, digest);
  // Once through before anything is believed.
  for await (const _piece of packets()) continue;
  return { header: opened.header, packets };
}

async function* verified(
  store: StreamingStore,
  key: string,
  digest: Uint8Array,
): AsyncGenerator<Uint8Array> {
  const state = createDigest();
  // No packets, no object: the 2021 writers made none of zero bytes.
  for await (const piece of (await store.read(key)) ?? onePiece(EMPTY)) {
    state.update(piece);
    yield piece;
  }
  checkDigest(key, digest, state.finish());
}

function checkDigest(key: string, expected: Uint8Array, got: Uint8Array): void {
  if (toHex(expected) === toHex(got)) return;
  const text = `${key}: expected packets of digest ${toHex(expected)}, got ${toHex(got)}`;
  throw new EnpaError('digest-mismatch', text);
}

/**
 * The packets of an opened batch as its pieces bring them: in lists, so that none costs a promise.
 * @param countBytes told of each piece
 */
export async function* packetLists<T>(
  kind: RecordKind<T>,
  { packets }: Pick<OpenedBatch<unknown>, 'packets'>,
  countBytes: (count: number) => void,
): AsyncGenerator<readonly T[]> {
  const reader = createContainerReader(kind);
  for await (const piece of packets()) {
    countBytes(piece.length);
    yield reader.push(piece);
  }
  yield reader.end();
}

async function* onePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}

/**
 * Writes what is not there yet.
 * @throws Refused `exists-otherwise` where other bytes stand in its place: nobody could read them
 */
export async function putSame(
  store: StreamingStore,
  key: string,
  bytes: Uint8Array,
): Promise<void> {
  if (await store.put(key, bytes)) return;
  const there = await store.get(key);
  if (there !== undefined && Buffer.compare(there, bytes) === 0) return;
  const got = there === undefined ? 'nothing' : `${there.length} bytes of digest`;
  const digest = there === undefined ? '' : ` ${toHex(sha256(there))}`;
  const text = `${key}: expected ${toHex(sha256(bytes))} to stand there, got ${got}${digest}`;
  throw new Refused('exists-otherwise', text);
}

/** The same for what is too large to be whole in memory. @param digest of all pieces */
export async function putSamePieces(
  store: StreamingStore,
  key: string,
  pieces: () => AsyncIterable<Uint8Array>,
  digest: Uint8Array,
): Promise<void> {
  if (await store.write(key, pieces())) return;
  const state = createDigest();
  for await (const piece of (await store.read(key)) ?? onePiece(EMPTY)) state.update(piece);
  const there = toHex(state.finish());
  if (there === toHex(digest)) return;
  const text = `${key}: expected ${toHex(digest)} to stand there, got ${there}`;
  throw new Refused('exists-otherwise', text);
}
