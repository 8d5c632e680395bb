/** Stages that were not timed: no report says that they took no time. */

import { describe, expect, test } from 'vitest';

import { renderStages } from '../src/html/stages.ts';
import { renderSummary } from '../src/index.ts';
import { renderOpenMetrics } from '../src/openmetrics.ts';
import { renderOtlp } from '../src/otlp.ts';
import { tablesOf } from '../src/tables.ts';
import { REPLAY } from './fixture.ts';
import { timedRun } from './timed-fixture.ts';

const run = timedRun();
const { stagesMs } = run.cost;
const names = Object.keys(run.cost.work);
const zeros = Object.fromEntries(Object.keys(stagesMs).map((stage) => [stage, 0]));

describe.each([
  ['as they are now', {}],
  ['as older versions wrote them', zeros],
])('%s', (_name, untimed) => {
  const summary = { ...run, cost: { ...run.cost, stagesMs: untimed } };
  const show = (profile: boolean): string =>
    renderSummary(summary, { colour: false, replay: REPLAY, width: 200, profile });

  test('the terminal', () => {
    expect(show(false)).toContain('worker time of stages: not timed in simulated time');
    const table = show(true);
    expect(table).toContain('Worker time: not timed in simulated time.');
    expect(table).toMatch(/^ {2}prove +- +- +/m);
    expect(table).not.toMatch(/^ {2}prove +0\.0 /m);
  });

  test('monitoring', () => {
    expect(renderOpenMetrics(run)).toContain('priolab_run_stage_seconds{');
    expect(renderOpenMetrics(summary)).not.toContain('priolab_run_stage');
    expect(renderOtlp(summary)).not.toContain('priolab_run_stage');
  });

  test('tables: the work without the time', () => {
    const stages = tablesOf(summary).find(({ name }) => name === 'stages')!;
    const { columns } = stages;
    const rows = [...stages.rows];
    const at = (name: string): number => columns.findIndex((one) => one.name === name);
    expect(rows.map((row) => row[at('stage')])).toEqual(names);
    expect(rows.every((row) => row[at('time')] === null)).toBe(true);
    expect(rows.some((row) => Number(row[at('aes_blocks')]) > 0)).toBe(true);
  });

  test('the page', () => {
    const page = JSON.stringify(renderStages(summary));
    expect(page).toContain('not timed in simulated time');
    expect(page).toContain('Operations for each report');
    for (const stage of ['prove', 'seal', 'open and evaluate']) expect(page).toContain(stage);
  });
});
