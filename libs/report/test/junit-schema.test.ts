/** JUnit against a schema, by libxml: what we write is valid, and the schema refuses the rest. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { RunSummary } from '@priolab/harness';
import { describe, expect, test } from 'vitest';
import { validateXML } from 'xmllint-wasm';

import { renderJunit } from '../src/index.ts';
import * as fixture from './fixture.ts';
import { PAYLOADS, filledWith, timedRun } from './timed-fixture.ts';

const schema = readFileSync(join(import.meta.dirname, 'junit.xsd'), 'utf8');

const render = (summary: RunSummary, replay = fixture.REPLAY): string =>
  renderJunit(summary, { replay });

async function errorsIn(...texts: string[]): Promise<readonly string[]> {
  const { valid, errors } = await validateXML({
    xml: texts.map((contents, k) => ({ fileName: `junit-${k}.xml`, contents })),
    schema: { fileName: 'junit.xsd', contents: schema },
  });
  expect(valid).toBe(errors.length === 0);
  return errors.map(({ message }) => message);
}

describe('valid', () => {
  test.each<[string, RunSummary]>([
    ['a pass', fixture.summaryWith()],
    ['every verdict', timedRun()],
    ['known limits', fixture.limitedRun()],
    ['interrupted', fixture.interruptedRun()],
    ['empty', fixture.emptyRun()],
    ['a lower rung', fixture.lowerRun('sampled')],
  ])('%s', async (_name, summary) => {
    expect(await errorsIn(render(summary))).toEqual([]);
  });

  test('with foreign text anywhere', async () => {
    const texts = PAYLOADS.map((text) => render(filledWith(text), text));
    expect(await errorsIn(...texts)).toEqual([]);
  });
});

describe('refused', () => {
  const sound = render(timedRun());
  test.each<[string, string, string]>([
    ['a suite without a name', ' name="two-states" tests=', ' tests='],
    ['a case without a name', ' name="once" time=', ' time='],
    ['a time zone', 'timestamp="2025-11-24T12:00:00"', 'timestamp="2025-11-24T12:00:00Z"'],
    ['a time in words', 'time="2.500" skipped', 'time="2.5 s" skipped'],
    ['an unknown element', '<properties>', '<properties><other/>'],
    ['an open element', '</testcase>', ''],
    ['markup in a text', 'limit: want once', 'limit: <b>want</b> once'],
  ])('%s', async (_name, from, to) => {
    const damaged = sound.replace(from, to);
    expect(damaged).not.toBe(sound);
    expect(await errorsIn(damaged)).not.toEqual([]);
  });
});
