/**
 * Sums of our shares on their way through the state: sealed to our own first packet key, since a
 * block may hold one report, and whoever had both processors' states would have what a phone said.
 * One multiplication a block, beside one a report.
 */

import { SEAL_OVERHEAD, fillScalars, seedBranchFrom } from '@priolab/crypto';
import type { CryptoBackend, KeyPair, PrivateKey } from '@priolab/crypto';

export interface SealedSums {
  seal(sum: Uint8Array): Uint8Array;
  /** Undefined where none of our keys opens it: the block must be opened again. */
  open(sealed: Uint8Array): Uint8Array | undefined;
}

const FAILURE = 1;

export function createSealedSums(backend: CryptoBackend, keys: readonly KeyPair[]): SealedSums {
  const recipient = keys[0]!.publicKey;
  const privateKeys: readonly PrivateKey[] = keys.map(({ scalar }) => backend.privateKey(scalar));
  const entropy = crypto.getRandomValues(new Uint8Array(32));
  const randomness = seedBranchFrom(entropy, 'sealed-sums');
  const index = new Uint32Array(1);
  return {
    seal(sum) {
      const scalars = packed(new Uint8Array(32));
      fillScalars(randomness, index, 1, scalars);
      index[0]! += 1;
      const sealed = packed(new Uint8Array(sum.length + SEAL_OVERHEAD));
      const plaintexts = packed(sum);
      const status = new Uint8Array(1);
      const plaintextSize = sum.length;
      backend.seal({ count: 1, recipient, scalars, plaintexts, plaintextSize, sealed, status });
      return sealed.bytes;
    },
    open(sealed) {
      for (const privateKey of privateKeys) {
        const plaintexts = packed(new Uint8Array(Math.max(0, sealed.length - SEAL_OVERHEAD)));
        const status = new Uint8Array(1);
        backend.open({
          count: 1,
          privateKey,
          sealed: packed(sealed),
          sealedSize: sealed.length,
          plaintexts,
          status,
          failure: FAILURE,
        });
        if (status[0] === 0) return plaintexts.bytes;
      }
      return undefined;
    },
  };
}

function packed(bytes: Uint8Array) {
  return { bytes, offset: 0, stride: bytes.length };
}
