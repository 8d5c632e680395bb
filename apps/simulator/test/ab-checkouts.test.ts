/**
 * `priolab ab` against another checkout that behaves otherwise: a clone of this one with one change
 * to its sources. What got worse is found, and named where it is; an unchanged clone is the same.
 */

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { RunComparison } from '@priolab/harness';
import { afterAll, describe, expect, test } from 'vitest';

import { createClone } from './clone.ts';
import { createCli } from './fixture.ts';

const cli = createCli();
const clone = createClone();
afterAll(() => {
  for (const path of [cli.folder, clone]) rmSync(path, { recursive: true });
});

interface Change {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** Compares this checkout with the clone, whose sources are changed meanwhile. */
function compared(scenario: string, change?: Change): RunComparison {
  const file = change === undefined ? undefined : join(clone, change.file);
  const source = file === undefined ? '' : readFileSync(file, 'utf8');
  if (file !== undefined) {
    expect(source.split(change!.from)).toHaveLength(2);
    writeFileSync(file, source.replace(change!.from, change!.to));
  }
  try {
    const { out, err, code } = cli.priolab('ab', scenario, '--b-at', clone, '--json');
    expect([code, err]).toEqual([0, expect.stringMatching(/^running a in .*\nrunning b in /)]);
    return JSON.parse(out) as RunComparison;
  } finally {
    if (file !== undefined) writeFileSync(file, source);
  }
}

function told({ rows }: RunComparison): Record<string, string> {
  return Object.fromEntries(
    rows
      .filter(({ id, judgement }) => judgement !== 'same' && !id.startsWith('cpu.time'))
      .map(({ id, judgement }) => [id, judgement]),
  );
}

const plain = cli.scenarioFile('plain', {
  population: { reports: 300, states: ['us-wa'] },
  system: { metrics: ['DateExposure-v1'], epsilon: 4 },
  expect: ['sum.exact', 'noise.dist'],
});
const forgers = cli.scenarioFile('forgers', {
  population: { reports: 120, states: ['us-wa'] },
  adversaries: [{ id: 'cli.forge', share: 0.2 }],
  expect: ['noforge', 'count.exact'],
});

describe('a clone', () => {
  test('that is as it was: the same byte for byte, down to its messages’ sizes', () => {
    const comparison = compared(plain);
    expect([comparison.overall, comparison.identical]).toEqual(['same', true]);
    expect(told(comparison)).toEqual({});
  });

  test('whose phones flip three times as many bits: errors, and noise as not declared', () => {
    const comparison = compared(plain, {
      file: 'libs/roles/src/task.ts',
      from: 'flipThreshold: flipThreshold(epsilon)',
      to: 'flipThreshold: 3 * flipThreshold(epsilon)',
    });
    expect(comparison.overall).toBe('worse');
    expect(told(comparison)).toEqual({
      'accuracy.rms': 'worse',
      'detection.expectations': 'worse',
      'detection.expectation.noise.dist': 'worse',
    });
  });

  test('whose processors believe every proof: forgeries, by their number', () => {
    const comparison = compared(forgers, {
      file: 'libs/prio/src/prio2/prio2.ts',
      from: 'if (mul(f, g) !== h) status',
      to: 'if (mul(f, g) > 2 ** 32) status',
    });
    expect(told(comparison)).toMatchObject({
      'losses.forgeries': 'worse',
      'detection.expectation.noforge': 'worse',
    });
    const forgeries = comparison.rows.find(({ id }) => id === 'losses.forgeries')!;
    expect(forgeries.a).toBe(0);
    expect(forgeries.b).toBeGreaterThan(0);
    // More counted reports are no gain where they are forged.
    expect(Object.values(told(comparison))).not.toContain('better');
  });

  test('whose uploads are 32 bytes longer: these bytes, and no others', () => {
    const comparison = compared(plain, {
      file: 'libs/roles/src/messages/upload.ts',
      from: 'const helperAt = helperSizeAt + 4;',
      to: 'const helperAt = helperSizeAt + 36;',
    });
    expect(comparison.overall).toBe('worse');
    const { 'bytes.upload': upload, ...others } = told(comparison);
    expect(upload).toBe('worse');
    // A longer message may be another block of SHA-256, and is nothing else.
    expect(Object.keys(others).filter((id) => !id.startsWith('cpu.work.sha256'))).toEqual([]);
    const { a, b } = comparison.rows.find(({ id }) => id === 'bytes.upload')!;
    expect((b as number) - (a as number)).toBe(32);
  });

  test('that can’t start says why', () => {
    const file = join(clone, 'apps/simulator/src/main.ts');
    const source = readFileSync(file, 'utf8');
    writeFileSync(file, `import { gone } from '@priolab/harness';\nvoid gone;\n${source}`);
    const { code, err } = cli.priolab('ab', plain, '--b-at', clone);
    writeFileSync(file, source);
    expect(code).toBe(2);
    expect(err).toMatch(/b: .* could not run it \(exit code 9\): .*No matching export/s);
  });
});
