/** The end of the data flow in simulated time, where a window may come to no sum at all. */

import type { RunSummary } from '@priolab/harness';
import { expect, test } from 'vitest';

import { renderSummary } from '../src/index.ts';
import { REPLAY, cell, heldCell } from './fixture.ts';
import { timedRun } from './timed-fixture.ts';

function totalsOf(cells: RunSummary['cells']): string {
  const run = timedRun();
  const windows = { ...run.simulation!.windows, due: 4, published: 0 };
  const summary = { ...run, simulation: { ...run.simulation!, windows }, cells };
  const text = renderSummary(summary, { colour: false, replay: REPLAY });
  return /^ {2}totals +(.*)$/m.exec(text)![1]!;
}

test('a window without any sum is told as well', () => {
  expect(totalsOf([])).toBe('0  of 4 windows published (0 bins), 4 not: no sum 4');
  const held = heldCell('us-wa', 'google', 'CodeVerified-v1');
  expect(totalsOf([held, cell('us-wa', 'apple', 'CodeVerified-v1')])).toMatch(
    /^1 {2}of 4 windows published \(\d bins\), 3 not: no sum 2, counts-differ 1$/,
  );
});
