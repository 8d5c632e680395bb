/** Another clone of the repository, for tests that need one whose sources they may change. */

import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = realpathSync(join(import.meta.dirname, '../../..'));

/** A copy of the code elsewhere, with the packages that this one has installed. */
export function createClone(from = root): string {
  const to = mkdtempSync(join(tmpdir(), 'priolab-clone-'));
  for (const one of ['apps', 'libs', 'package.json']) {
    cpSync(join(from, one), join(to, one), {
      recursive: true,
      filter: (path) => !/\/(test|bench|dist-types|node_modules)$/.test(path),
    });
  }
  const packages = join(to, 'node_modules');
  mkdirSync(join(packages, '@priolab'), { recursive: true });
  for (const one of readdirSync(join(from, 'node_modules'))) {
    if (one !== '@priolab') symlinkSync(join(from, 'node_modules', one), join(packages, one));
  }
  for (const group of ['apps', 'libs']) {
    for (const one of readdirSync(join(to, group))) {
      symlinkSync(join(to, group, one), join(packages, '@priolab', one));
    }
  }
  return to;
}
