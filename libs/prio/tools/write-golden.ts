/** Writes the golden file, after a deliberate change: `node --import tsx tools/write-golden.ts`. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { goldenRows } from './golden.ts';

const file = join(import.meta.dirname, '../test/golden/prio2.json');
writeFileSync(file, `${JSON.stringify(goldenRows(), null, 1)}\n`);
