/**
 * One of our own documents, as it was when this form was first written: for clones without the
 * published upload, and so that no change of it goes unnoticed. `vitest -u` writes it again.
 */

import { toHex } from '@priolab/crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createAndroidVerifier, encodeDocument, readDocument } from '../src/index.ts';
import { apkDigest, authority, metric, nowMs, packageName, uploadOf } from './samples.ts';

const path = join(import.meta.dirname, 'golden/android-document.json');
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

interface Golden {
  readonly nowMs: number;
  readonly packageName: string;
  readonly apkDigest: string;
  readonly root: string;
  readonly target: string;
  readonly body: string;
}

it('is what we write today', async () => {
  const { target, body } = encodeDocument(uploadOf(), { project: 'enpa-us', prefix: 42 });
  const golden: Golden = {
    nowMs,
    packageName,
    apkDigest: base64(apkDigest),
    root: base64(authority.root),
    target,
    body: Buffer.from(body).toString(),
  };
  await expect(`${JSON.stringify(golden, undefined, 2)}\n`).toMatchFileSnapshot(path);
});

it('is read and verified from the file alone', () => {
  const golden = JSON.parse(readFileSync(path, 'utf8')) as Golden;
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
  const rules = { project: 'enpa-us', metrics: new Set([metric]), binsMax: 1344 };
  const answer = readDocument(golden.target, Buffer.from(golden.body), {
    ...rules,
    nowMs: golden.nowMs,
  });
  if ('fault' in answer) throw new Error(answer.detail);
  const verifier = createAndroidVerifier({
    roots: [bytes(golden.root)],
    packageName: golden.packageName,
    apkDigests: [bytes(golden.apkDigest)],
    leafDates: 'check',
  });
  const verified = verifier.verify(answer, golden.nowMs);
  expect(verified).toMatchObject({ ok: true, securityLevel: 'strongbox' });
  expect(verified.ok && toHex(verified.keyHash)).toBe(
    '4e7f19c7a0cb35b430f6d001592c21a3a910c22c102b8925ae07e081cd8a6e48',
  );
});
