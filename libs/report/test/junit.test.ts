/** JUnit: well-formed whatever the record holds, and green only where the run passed. */

import type { RunSummary } from '@priolab/harness';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { renderJunit } from '../src/index.ts';
import * as fixture from './fixture.ts';

const { REPLAY, outcomeOf, summaryWith } = fixture;
const render = (summary: RunSummary): string => renderJunit(summary, { replay: REPLAY });

test('a run with every verdict', () => {
  const summary = {
    ...fixture.adversarialRun(),
    expectations: [
      summaryWith().expectations[1]!,
      outcomeOf('fail', 'once'),
      outcomeOf('vacuous', 'noforge'),
      outcomeOf('invalid', 'memory'),
    ],
    verdict: 'fail' as const,
    exitCode: 1,
  };
  const text = render(summary);
  checkWellFormed(text);
  expect(text).toContain(
    '<testsuite name="two-states" tests="4" failures="1" errors="2" time="2.500" skipped="0" ' +
      'timestamp="2025-11-24T12:00:00">',
  );
  const cases = text.slice(text.indexOf('    <testcase'), text.indexOf('  </testsuite>'));
  expect(cases).toMatchInlineSnapshot(`
    "    <testcase classname="two-states" name="noise.dist" time="0.000">
          <system-out>observed: saw noise.dist
    limit: want noise.dist
    n: 800
    interval: share of bits flipped 0.2112 to 0.2916 (confidence 1 - 1e-6), due 0.25
    power: alpha 1e-6, would show a rate off by 12.3 %</system-out>
        </testcase>
        <testcase classname="two-states" name="once" time="0.000">
          <failure type="fail" message="saw once; expected: want once">observed: saw once
    limit: want once
    n: 800
    repeat: npx priolab run scenarios/two-states.scenario.ts --seed 7</failure>
        </testcase>
        <testcase classname="two-states" name="noforge" time="0.000">
          <error type="vacuous" message="saw noforge; expected: want noforge">observed: saw noforge
    limit: want noforge
    n: 800
    to do: add adversaries to the scenario, or raise their share
    repeat: npx priolab run scenarios/two-states.scenario.ts --seed 7</error>
        </testcase>
        <testcase classname="two-states" name="memory" time="0.000">
          <error type="invalid" message="saw memory; expected: want memory">observed: saw memory
    limit: want memory
    n: 800
    to do: run it again while the machine does nothing else
    repeat: npx priolab run scenarios/two-states.scenario.ts --seed 7</error>
        </testcase>
    "
  `);
  expect(text).toContain('<property name="seed" value="7"/>');
  expect(text).toContain(
    `<property name="scenario-digest" value="${'0123456789abcdef'.repeat(4)}"/>`,
  );
  expect(text).toMatch(/<property name="known-limit\.cli\.multi_hot" value="Prio v2 .*done to 5 /);
});

test('known limits of faults are properties, one for each fault', () => {
  const text = renderJunit(fixture.limitedRun(), { replay: REPLAY });
  const sizes = 'windows changed 3, escape probability 0.9877';
  const about = 'A processor adds to its own sum. It struck';
  expect(text).toContain(
    `<property name="known-limit.mal.tamper_sum" value="${about} 3 times at leader: ${sizes}; ` +
      `${about} 1 time at helper: ${sizes}"/>`,
  );
});

const interruptedPass = fixture.interruptedRun();

describe.each<[string, RunSummary, boolean]>([
  ['pass', summaryWith(), true],
  ['fail', summaryWith({ expectations: [outcomeOf('fail')], verdict: 'fail' }), false],
  ['vacuous', summaryWith({ expectations: [outcomeOf('vacuous')], verdict: 'vacuous' }), false],
  ['invalid', summaryWith({ expectations: [outcomeOf('invalid')], verdict: 'invalid' }), false],
  ['nothing expected', summaryWith({ expectations: [], verdict: 'vacuous' }), false],
  ['passes of an interrupted run', interruptedPass, false],
  ['empty', fixture.emptyRun(), false],
  ['hostile', fixture.hostileRun(), false],
])('%s', (_name, summary, green) => {
  test(`is ${green ? 'green' : 'red'}, and its counts are those of its elements`, () => {
    const text = render(summary);
    checkWellFormed(text);
    const count = (element: string): number => text.split(`<${element}`).length - 1;
    expect(text).toContain(
      ` tests="${count('testcase ')}" failures="${count('failure ')}" errors="${count('error ')}" `,
    );
    expect(count('failure ') + count('error ') === 0).toBe(green);
    expect(text.includes(REPLAY)).toBe(true);
  });
});

test('an interrupted run is an error of its own', () => {
  expect(render(interruptedPass)).toMatch(
    /name="run".*\n\s*<error type="interrupted" message="interrupted: stopped after 200 of 800/,
  );
});

test('so is one that had failed before it was interrupted', () => {
  const text = render({ ...interruptedPass, expectations: [outcomeOf('fail')], verdict: 'fail' });
  expect(text).toContain(' tests="2" failures="1" errors="1" ');
  expect(text).toContain('<error type="interrupted" message="fail: 1 of 1 expectation does not');
});

test('well-formed with any text anywhere', () => {
  const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.constant(fixture.HOSTILE));
  fc.assert(
    fc.property(anyText, anyText, (id, observed) => {
      const summary = summaryWith({
        identity: { ...summaryWith().identity, id },
        environment: { ...summaryWith().environment, startedAt: id },
        expectations: [{ ...outcomeOf('fail'), id, observed }],
        verdict: 'fail',
      });
      checkWellFormed(renderJunit(summary, { replay: observed }));
    }),
    { seed: 11, numRuns: 300 },
  );
});

/** A reader for the subset of XML that we write: throws where tags or characters are wrong. */
function checkWellFormed(text: string): void {
  const allowed = /^[\n\u{20}-\u{7e}\u{a0}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u;
  expect(text).toMatch(allowed);
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
  expect(text.startsWith(declaration)).toBe(true);
  const open: string[] = [];
  const token = /<(\/?)([a-z-]+)((?: [a-z-]+="[^"<>]*")*)(\/?)>|([^<>]+)/y;
  token.lastIndex = declaration.length;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const match = token.exec(text);
    if (match === null) throw new Error(`not XML at ${at}: ${text.slice(at, at + 60)}`);
    const [, closing, name, attributes = '', selfClosing, content = ''] = match;
    for (const [, rest] of (attributes + content).matchAll(/&(.{0,5})/g)) {
      expect(rest).toMatch(/^(amp|lt|gt|quot|apos);/);
    }
    if (name === undefined) continue;
    if (closing === '/') expect(open.pop()).toBe(name);
    else if (selfClosing !== '/') open.push(name);
  }
  expect(open).toEqual([]);
}

test('a lower rung says what was not done', () => {
  const text = render(fixture.lowerRun('sampled'));
  checkWellFormed(text);
  for (const [name, value] of [
    ['fidelity', 'sampled'],
    ['full-reports', '400'],
    ['shares-only-reports', '400'],
    ['not-done', 'sampled: no encryption, uploads or attestation'],
  ]) {
    expect(text).toContain(`<property name="${name}" value="${value}"/>`);
  }
  expect(render(summaryWith())).not.toContain('not-done');
});
