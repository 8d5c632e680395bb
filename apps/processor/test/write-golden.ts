/** Writes `golden/` anew: `npx tsx test/write-golden.ts`. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { goldenFiles } from './golden-files.ts';

for (const [name, document] of Object.entries(goldenFiles().files)) {
  const file = join(import.meta.dirname, 'golden', name);
  writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
}
