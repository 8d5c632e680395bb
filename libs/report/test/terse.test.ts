/** The terse form: a line a fact, nothing hidden, nothing harmful let through. */

import { stripVTControlCharacters } from 'node:util';
import type { RunSummary } from '@priolab/harness';
import { expect, test } from 'vitest';

import { renderTerse } from '../src/index.ts';
import * as fixture from './fixture.ts';

const { HOSTILE, REPLAY, outcomeOf, summaryWith } = fixture;
const terse = (summary: RunSummary, colour = false, replay = REPLAY): string =>
  renderTerse(summary, { colour, replay });

test('a pass is one line', () => {
  expect(terse(summaryWith())).toBe(
    'PASS     two-states (seed 7, 2.5 s): all 2 expectations hold, over 800 reports (exit code 0)',
  );
});

test('what did not pass has a line each, worst first, then the command', () => {
  const summary = summaryWith({
    expectations: [
      outcomeOf('pass', 'once'),
      { ...outcomeOf('vacuous', 'noforge'), n: 0 },
      outcomeOf('fail', 'sum.exact'),
    ],
    verdict: 'fail',
    exitCode: 1,
  });
  expect(terse(summary).split('\n')).toEqual([
    'FAIL     two-states (seed 7, 2.5 s): 1 of 3 expectations does not hold: sum.exact; ' +
      '1 vacuous (exit code 1)',
    '  fail sum.exact: saw sum.exact; limit: want sum.exact (n = 800)',
    '  vacuous noforge: saw noforge; limit: want noforge (n = 0)',
    `  repeat this run: ${REPLAY}`,
  ]);
});

test('of several that failed the sentence names the first, harmless and cut', () => {
  const summary = summaryWith({
    expectations: [
      outcomeOf('pass', 'once'),
      outcomeOf('fail', `live\u001b[2J ${'x'.repeat(200)}`),
      outcomeOf('fail', 'conserve'),
      outcomeOf('fail', 'det'),
    ],
    verdict: 'fail',
    exitCode: 1,
  });
  const [first] = terse(summary).split('\n');
  expect(first).toMatch(
    /: 3 of 4 expectations do not hold: live\\x1b\[2J x{48}\.\.\. and 2 more \(/,
  );
});

test('a lower rung is no secret, nor is a run that was stopped', () => {
  expect(terse(fixture.lowerRun('sampled'))).toContain('(seed 7, fidelity sampled, 2.5 s)');
  const stopped = terse(fixture.interruptedRun()).split('\n');
  expect(stopped[0]).toMatch(/^INTERRUPTED {2}two-states .*: stopped after 200 of 800 reports/);
  expect(stopped.at(-1)).toContain(REPLAY);
});

test('foreign text gives no orders, and colour adds styles alone', () => {
  const plain = terse(fixture.hostileRun(), false, `x ${HOSTILE}`);
  expect(plain.replaceAll('\n', '')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]|::|##/u);
  expect(plain.split('\n')).toHaveLength(4);
  const coloured = terse(fixture.hostileRun(), true, `x ${HOSTILE}`);
  expect(coloured).toContain('\u001b[31m');
  expect(stripVTControlCharacters(coloured)).toBe(plain);
});
