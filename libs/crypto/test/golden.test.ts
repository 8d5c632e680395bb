/** Both backends and the seed tree against our own recorded answers, which need no vectors. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../src/index.ts';
import { goldenAnswers } from '../tools/golden-answers.ts';
import type { GoldenAnswers } from '../tools/golden-answers.ts';
import { backends, openOne, verifyOne } from './blocks.ts';

const path = join(import.meta.dirname, 'golden/crypto.json');
const golden = JSON.parse(readFileSync(path, 'utf8')) as GoldenAnswers;

describe.each(backends)('known answers of $name', (backend) => {
  it('are reproduced', () => {
    expect(goldenAnswers(backend)).toEqual(golden);
  });

  it('open to the recorded plaintext', () => {
    const key = backend.privateKey(fromHex(golden.seal.recipientScalar));
    expect(toHex(key.publicKey)).toBe(golden.seal.recipient);
    const plaintext = openOne(backend, key, fromHex(golden.seal.sealed));
    expect(plaintext).toEqual(fromHex(golden.seal.plaintext));
  });

  it('verify under the recorded key', () => {
    const { publicKey, message, signature } = golden.sign;
    const verify = (signed: Uint8Array): boolean =>
      verifyOne(backend, fromHex(publicKey), signed, fromHex(signature));
    expect(verify(fromHex(message))).toBe(true);
    expect(verify(fromHex(`${message}00`))).toBe(false);
  });
});
