/**
 * The private keys of a processor, from files that only their owner may read. No message has one.
 * Source: ENPA section 4 "Key forms".
 */

import { CryptoError, decodeKeyPair, decodeSigningKey } from '@priolab/crypto';
import type { KeyPair } from '@priolab/crypto';
import { TransportError, readSecretFile } from '@priolab/runtime';

import { UsageError } from './checks.ts';

/** @throws UsageError */
export function readPacketKey(file: string): KeyPair {
  return read(file, decodeKeyPair);
}

/** @throws UsageError */
export function readSigningKey(file: string): KeyPair {
  return read(file, decodeSigningKey);
}

function read(file: string, decode: (text: string) => KeyPair): KeyPair {
  try {
    return decode(readSecretFile(file));
  } catch (error) {
    if (error instanceof TransportError) throw new UsageError(error.message, { cause: error });
    if (!(error instanceof CryptoError)) throw error;
    throw new UsageError(`${file}: expected a private key: ${error.message}`, { cause: error });
  }
}
