/**
 * What servers leave in each other's stores, in Priolab's plain form (ENPA's Avro files are another
 * form): a header, packets, and a signature over the header, which holds the packets' digest. Three
 * objects, so that each can be missing, torn or another's, as in the real system.
 * Source: ENPA sections 6.1 to 6.4.
 *
 *   header    = JSON object in UTF-8, keys in alphabetical order, `packetDigest` among them
 *   packets   = bytes
 *   signature = u8 keyIdSize || keyId in UTF-8 || u8 signature[64]   // over the header's bytes
 */

import { DIGEST_SIZE, SIGNATURE_SIZE, fillScalars, fromHex, sha256, toHex } from '@priolab/crypto';
import type { CryptoBackend, SeedBranch } from '@priolab/crypto';

export interface SignedObject {
  readonly header: Uint8Array;
  readonly packets: Uint8Array;
  readonly signature: Uint8Array;
}

/** What a header says, beside the digest of its packets. */
export type Header = Readonly<Record<string, string | number | readonly string[]>>;

/** Why an object is refused. */
export type ObjectFault = 'batch-signature' | 'batch-digest' | 'batch-header';

export type Opened =
  | { readonly ok: true; readonly header: Header; readonly packets: Uint8Array; keyId: string }
  | { readonly ok: false; readonly reason: ObjectFault; readonly detail: string };

/** Signs in the name of one key. */
export interface ObjectSigner {
  readonly keyId: string;
  seal(header: Header, packets: Uint8Array): SignedObject;
}

/** Knows the public keys of those whose objects are read here. */
export interface ObjectReader {
  /** Trusts `publicKey` (65 bytes) under `keyId`, in place of an earlier key of that name. */
  trust(keyId: string, publicKey: Uint8Array): void;
  distrust(keyId: string): void;
  /** Checks in the order of ENPA section 6.4: key, signature, header, digest. */
  open(object: SignedObject): Opened;
}

const UTF8 = new TextEncoder();
const HEADER_SIZE_MAX = 2 ** 20;
const FAILURE = 1;

/** @param options `randomness`: the signer's own branch; a nonce is drawn by header digest */
export function createObjectSigner(options: {
  readonly backend: CryptoBackend;
  readonly keyId: string;
  /** 32 bytes, secret. */
  readonly scalar: Uint8Array;
  readonly randomness: SeedBranch;
}): ObjectSigner {
  const { backend, keyId, scalar, randomness } = options;
  const name = UTF8.encode(keyId);
  return {
    keyId,
    seal(fields, packets) {
      const header = encodeHeader({ ...fields, packetDigest: toHex(sha256(packets)) });
      const digest = sha256(header);
      const nonce = packed(32);
      // One digest, one nonce: two digests under one nonce would give the key away.
      fillScalars(randomness.child(toHex(digest)), new Uint32Array(1), 1, nonce);
      const signature = new Uint8Array(1 + name.length + SIGNATURE_SIZE);
      signature[0] = name.length;
      signature.set(name, 1);
      backend.sign({
        count: 1,
        scalars: { bytes: scalar, offset: 0, stride: 32 },
        digests: { bytes: digest, offset: 0, stride: DIGEST_SIZE },
        nonces: nonce,
        signatures: { bytes: signature, offset: 1 + name.length, stride: SIGNATURE_SIZE },
        status: new Uint8Array(1),
      });
      return { header, packets, signature };
    },
  };
}

export function createObjectReader(backend: CryptoBackend): ObjectReader {
  const keys = backend.verifyingKeys();
  const indexOf = new Map<string, number>();

  const isSigned = (index: number, message: Uint8Array, signature: Uint8Array): boolean => {
    const status = new Uint8Array(1);
    backend.verify({
      count: 1,
      keys,
      keyIndex: Uint32Array.of(index),
      messages: message,
      offsets: new Uint32Array(1),
      sizes: Uint32Array.of(message.length),
      signatures: { bytes: signature, offset: 0, stride: SIGNATURE_SIZE },
      status,
      failure: FAILURE,
    });
    return status[0] === 0;
  };

  return {
    trust(keyId, publicKey) {
      const index = keys.add(publicKey);
      if (index === -1) throw new RangeError(`key ${keyId}: expected a point on P-256`);
      indexOf.set(keyId, index);
    },
    distrust: (keyId) => void indexOf.delete(keyId),
    open({ header, packets, signature }) {
      const signed = readSignature(signature);
      const index = signed === undefined ? undefined : indexOf.get(signed.keyId);
      if (signed === undefined || index === undefined) {
        const detail = signed === undefined ? 'no signature' : `unknown key "${signed.keyId}"`;
        return { ok: false, reason: 'batch-signature', detail };
      }
      if (!isSigned(index, header, signed.signature)) {
        return { ok: false, reason: 'batch-signature', detail: `by key "${signed.keyId}"` };
      }
      const fields = decodeHeader(header);
      if (fields === undefined) return { ok: false, reason: 'batch-header', detail: 'no header' };
      const digest = toHex(sha256(packets));
      if (fields['packetDigest'] !== digest) {
        return { ok: false, reason: 'batch-digest', detail: `packets have digest ${digest}` };
      }
      return { ok: true, header: fields, packets, keyId: signed.keyId };
    },
  };
}

export function encodeHeader(fields: Header): Uint8Array {
  const sorted = Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1));
  return UTF8.encode(JSON.stringify(Object.fromEntries(sorted)));
}

/** Undefined where the bytes are no flat JSON object of strings, numbers and lists of strings. */
export function decodeHeader(bytes: Uint8Array): Header | undefined {
  if (bytes.length > HEADER_SIZE_MAX) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const isPlain = (item: unknown): boolean =>
    typeof item === 'string' ||
    typeof item === 'number' ||
    (Array.isArray(item) && item.every((one) => typeof one === 'string'));
  return Object.values(value).every(isPlain) ? (value as Header) : undefined;
}

function readSignature(
  bytes: Uint8Array,
): { readonly keyId: string; readonly signature: Uint8Array } | undefined {
  const size = bytes[0] ?? 0;
  if (bytes.length !== 1 + size + SIGNATURE_SIZE) return undefined;
  const keyId = new TextDecoder().decode(bytes.subarray(1, 1 + size));
  return { keyId, signature: bytes.slice(1 + size) };
}

function packed(stride: number) {
  return { bytes: new Uint8Array(stride), offset: 0, stride };
}

/** A header's field as lower-case hex of `size` bytes; undefined where it is not that. */
export function hexField(header: Header, name: string, size: number): Uint8Array | undefined {
  const text = header[name];
  if (typeof text !== 'string' || text.length !== 2 * size) return undefined;
  return /^[0-9a-f]*$/.test(text) ? fromHex(text) : undefined;
}
