/** The configuration in the README: every setting that there is, with its default. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { readConfig } from '../src/config.ts';

test('the example of the README is a configuration, and its schedule is the default', () => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
  const example = /^```json\n([^]*?)^```$/m.exec(readme)![1]!;
  const folder = mkdtempSync(join(tmpdir(), 'priolab-config-'));
  const read = (text: string) => {
    writeFileSync(join(folder, 'config.json'), text);
    return readConfig(join(folder, 'config.json'));
  };
  try {
    const config = read(example);
    const { schedule, listen, ...rest } = JSON.parse(example) as Record<string, unknown>;
    const port = { port: (listen as { port: number }).port };
    expect(read(JSON.stringify({ ...rest, listen: port }))).toEqual(config);
    for (const name of ['peer', 'legacy', 'singleObjectValidations', 'arithmetic']) {
      expect(read(JSON.stringify({ ...rest, schedule, listen, [name]: undefined }))).toEqual(
        config,
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
