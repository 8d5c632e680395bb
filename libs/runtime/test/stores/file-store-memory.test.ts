/** Objects larger than the memory that is taken for them; PRIOLAB_STORE_MIB sets the size (192). */

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { bundle } from '@priolab/bundle';
import { expect, test } from 'vitest';

const MIB = 1024 * 1024;
const SIZE = Number(process.env['PRIOLAB_STORE_MIB'] ?? 192);

test(`an object of ${SIZE} MiB is written and read in less than 160 MiB`, async () => {
  const root = mkdtempSync(join(tmpdir(), 'priolab-large-'));
  const program = join(import.meta.dirname, '../fixtures/store-streamer.ts');
  const folder = await bundle({ streamer: program });
  const path = fileURLToPath(new URL('streamer.js', folder));
  const run = promisify(execFile)(process.execPath, [path, root, String(SIZE)]);
  const { stdout } = await run.finally(() => rmSync(root, { recursive: true, force: true }));
  const told = JSON.parse(stdout) as { peakBytes: number };
  expect(told).toMatchObject({ wrote: true, bytes: SIZE * MIB, sum: true });
  expect(told.peakBytes / MIB).toBeLessThan(160);
});
