/**
 * Where tests find the published test vectors: `$PRIOLAB_VECTORS`, else `../shared/vectors` beside
 * the repository. They are not part of the repository; without them the tests that read them are
 * skipped, unless `PRIOLAB_REQUIRE_VECTORS=1` makes their absence an error.
 */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const repositoryRoot = join(import.meta.dirname, '../../..');

function locate(): string | undefined {
  const folder = process.env['PRIOLAB_VECTORS'] ?? join(repositoryRoot, '../shared/vectors');
  if (existsSync(folder)) return folder;
  if (process.env['PRIOLAB_REQUIRE_VECTORS'] === '1') {
    throw new Error(`PRIOLAB_REQUIRE_VECTORS=1, but there is no folder ${folder}`);
  }
  return undefined;
}

/**
 * The folder of the vectors; undefined where it is absent. Use with `describe.skipIf(!vectorsDir)`.
 */
export const vectorsDir: string | undefined = locate();

/**
 * The parsed JSON of `<vectors>/<path>`, for example `enpa/prng.json`; the caller names its shape.
 */
export function readVector<T>(path: string): T {
  if (vectorsDir === undefined) throw new Error(`no vectors: ${path} can't be read`);
  return JSON.parse(readFileSync(join(vectorsDir, path), 'utf8')) as T;
}
