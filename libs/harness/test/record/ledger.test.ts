/** Fates and their file. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { REASONS } from '@priolab/roles';
import { afterAll, expect, test } from 'vitest';

import { HOPS, OUTCOMES, createLedger, fateCode, fateOf, readFate } from '../../src/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'priolab-ledger-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('every fate survives its code', () => {
  for (const outcome of OUTCOMES) {
    for (const hop of HOPS) {
      REASONS.forEach((reason, code) => {
        expect(fateOf(fateCode(outcome, hop, code))).toEqual({ outcome, hop, reason });
      });
    }
  }
  expect(() => fateOf(15)).toThrow('none of ours');
  expect(() => fateOf(255 << 8)).toThrow('reason code 255');
});

test('written in pieces, in any order, read one by one', () => {
  const path = join(folder, 'fates.bin');
  const ledger = createLedger(path);
  const bytes = (codes: number[]): Uint8Array =>
    Uint8Array.from(codes.flatMap((code) => [code & 255, code >>> 8]));
  const accepted = fateCode('accepted', 'combiner', 0);
  const refused = fateCode('rejected', 'ingestor', 3);
  ledger.write(3, bytes([refused]));
  ledger.write(0, bytes([accepted, accepted]));
  ledger.close();
  expect(readFate(path, 1)).toEqual({ outcome: 'accepted', hop: 'combiner', reason: 'none' });
  expect(readFate(path, 2).outcome).toBe('unaccounted');
  expect(readFate(path, 3)).toMatchObject({ outcome: 'rejected', reason: 'unknown-version' });
  for (const report of [-1, 4, 1.5, NaN]) {
    expect(() => readFate(path, report)).toThrow('expected 0..3');
  }
});
