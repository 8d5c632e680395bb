/**
 * The known answers kept in `test/golden/crypto.json`, computed by a given backend. Their inputs
 * are hashes of labels, so that they depend on nothing else in this library.
 */

import { createSeedTree, fillScalars, sha256, toHex } from '../src/index.ts';
import type { CryptoBackend } from '../src/index.ts';
import { keystreamOne, publicKeyOne, sealOne, signOne, utf8 } from '../test/blocks.ts';

/** What `test/golden/crypto.json` holds; bytes are lower-case hex. */
export interface GoldenAnswers {
  readonly seal: {
    readonly recipientScalar: string;
    readonly recipient: string;
    readonly ephemeralScalar: string;
    readonly plaintext: string;
    readonly sealed: string;
  };
  readonly sign: {
    readonly scalar: string;
    readonly publicKey: string;
    readonly message: string;
    readonly nonce: string;
    readonly signature: string;
  };
  /** Counters that wrap after two blocks, and one that is nowhere near. */
  readonly keystream: readonly { readonly seed: string; readonly bytes: string }[];
  readonly seedTree: {
    readonly seed: string;
    readonly path: string;
    /** Items 2 and 3 of 16 bytes, item 70 000 of 48 bytes. */
    readonly items16: string;
    readonly item48: string;
    readonly export: string;
    readonly scalar: string;
  };
}

/** All known answers; the backend has no part in those of the seed tree. */
export function goldenAnswers(backend: CryptoBackend): GoldenAnswers {
  return {
    seal: sealAnswer(backend),
    sign: signAnswer(backend),
    keystream: ['00'.repeat(8), 'ff'.repeat(7) + 'fe'].map((low) => {
      const seed = toHex(sha256(utf8('keystream'))).slice(0, 48) + low;
      const size = 56;
      return { seed, bytes: toHex(keystreamOne(backend, Buffer.from(seed, 'hex'), size)) };
    }),
    seedTree: seedTreeAnswer(),
  };
}

function sealAnswer(backend: CryptoBackend): GoldenAnswers['seal'] {
  const recipientScalar = sha256(utf8('recipient scalar'));
  const ephemeralScalar = sha256(utf8('ephemeral scalar'));
  const recipient = publicKeyOne(backend, recipientScalar);
  const plaintext = utf8('twenty-three bytes here');
  return {
    recipientScalar: toHex(recipientScalar),
    recipient: toHex(recipient),
    ephemeralScalar: toHex(ephemeralScalar),
    plaintext: toHex(plaintext),
    sealed: toHex(sealOne(backend, recipient, ephemeralScalar, plaintext)),
  };
}

function signAnswer(backend: CryptoBackend): GoldenAnswers['sign'] {
  const scalar = sha256(utf8('signing scalar'));
  const nonce = sha256(utf8('signing nonce'));
  const message = utf8('a message');
  return {
    scalar: toHex(scalar),
    publicKey: toHex(publicKeyOne(backend, scalar)),
    message: toHex(message),
    nonce: toHex(nonce),
    signature: toHex(signOne(backend, scalar, sha256(message), nonce)),
  };
}

function seedTreeAnswer(): GoldenAnswers['seedTree'] {
  const seed = 'golden';
  const branch = createSeedTree(seed).child('us-ca', 'device', 'noise');
  const items16 = new Uint8Array(32);
  branch.fill(2, 2, 16, items16);
  const scalar = new Uint8Array(32);
  fillScalars(branch, Uint32Array.of(5), 1, { bytes: scalar, offset: 0, stride: 32 });
  return {
    seed,
    path: branch.path,
    items16: toHex(items16),
    item48: toHex(branch.bytes(70_000, 48)),
    export: toHex(branch.export()),
    scalar: toHex(scalar),
  };
}
