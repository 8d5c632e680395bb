/**
 * Keys of services in files: `<name>.packet-key` (base64 of point and scalar) and
 * `<name>.signing-key` (base64 PKCS#8), one line each, so that the facilitator's flags take
 * `$(cat file)`. Errors name the file and what was expected, never what is in it.
 */

import {
  CryptoError,
  decodeKeyPair,
  decodeSigningKey,
  encodeKeyPair,
  encodeSigningKey,
} from '@priolab/crypto';
import type { KeyPair } from '@priolab/crypto';
import { TransportError, readSecretFile, writeSecretFile } from '@priolab/runtime';

export type KeyKind = 'packet' | 'signing';

const forms = {
  packet: { encode: encodeKeyPair, decode: decodeKeyPair },
  signing: { encode: encodeSigningKey, decode: decodeSigningKey },
} as const;

export interface Unusable {
  readonly mistake: string;
}

/** The key pair in a file, or what is wrong with it. */
export function readKeyFile(kind: KeyKind, file: string): KeyPair | Unusable {
  return attempt(file, () => forms[kind].decode(readSecretFile(file)));
}

/** Undefined once it is written; what is wrong otherwise. An existing file is left alone. */
export function writeKeyFile(kind: KeyKind, file: string, keyPair: KeyPair): string | undefined {
  const done = attempt(file, () => writeSecretFile(file, forms[kind].encode(keyPair)));
  return done?.mistake;
}

export function isUnusable(found: object): found is Unusable {
  return 'mistake' in found;
}

function attempt<T>(file: string, work: () => T): T | Unusable {
  try {
    return work();
  } catch (error) {
    if (error instanceof TransportError) return { mistake: error.message };
    if (error instanceof CryptoError) return { mistake: `${file}: ${error.message}` };
    throw error;
  }
}
