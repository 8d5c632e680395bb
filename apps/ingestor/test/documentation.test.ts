/** The configuration in CONFIGURATION.md: every setting that there is, with its default. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { readConfig } from '../src/config.ts';

test('the example is a configuration, and what can be left out has the default', () => {
  const text = readFileSync(join(import.meta.dirname, '../CONFIGURATION.md'), 'utf8');
  const example = JSON.parse(/^```json\n([^]*?)^```$/m.exec(text)![1]!) as Record<string, unknown>;
  const folder = mkdtempSync(join(tmpdir(), 'priolab-config-'));
  const read = (value: unknown) => {
    writeFileSync(join(folder, 'config.json'), JSON.stringify(value));
    return readConfig(join(folder, 'config.json'));
  };
  try {
    const { listen, operators, android, ...rest } = example as Record<string, { port?: number }>;
    const { leafDates, softwareKeys, ...given } = android as Record<string, unknown>;
    expect([leafDates, softwareKeys]).toEqual(['check', 'refuse']);
    const least = {
      ...rest,
      listen: { port: listen!.port },
      operators: { port: operators!.port },
      android: given,
      batches: undefined,
      limits: undefined,
      arithmetic: undefined,
    };
    expect(read(least)).toEqual(read(example));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
