/**
 * Writes `test/golden/crypto.json` with the reference backend. Run it by hand, with tsx, and only
 * for a deliberate change of format: every recorded run depends on these bytes.
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createNobleBackend } from '../src/index.ts';
import { goldenAnswers } from './golden-answers.ts';

const path = join(import.meta.dirname, '../test/golden/crypto.json');
writeFileSync(path, `${JSON.stringify(goldenAnswers(createNobleBackend()), undefined, 2)}\n`);
