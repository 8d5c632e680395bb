/** What a report names as not asked for is what the harness could have judged, oracle by oracle. */

import { clocks, oracleClocks, oracleIds } from '@priolab/harness';
import type { Clock, RunSummary } from '@priolab/harness';
import { coverageGaps } from '@priolab/report';
import { expect, test } from 'vitest';

/** A run of which nobody asked anything, with cheats, consent and services. */
function unasked(clock: Clock): RunSummary {
  const run = {
    scenario: {
      population: { states: [], vendors: {}, consent: { withdrawPerDay: 1 } },
      system: { metrics: [] },
      expect: [],
    },
    fidelity: { rung: 'full' },
    fates: [],
    cells: [],
    expectations: [],
    adversaries: [{ id: 'cli.forge', about: '', fired: 1, escaped: 0 }],
    ...(clock === 'wall' ? { deployment: {} } : {}),
    ...(clock === 'simulated' ? { simulation: { faults: [], leaks: { unsearched: 0 } } } : {}),
  };
  return run as unknown as RunSummary;
}

test.each(clocks)('by the clock %s', (clock) => {
  const gap = coverageGaps(unasked(clock)).find(({ kind }) => kind === 'not asked');
  const told = [...gap!.about.matchAll(/\(([\w.]+)\)/g)].map(([, id]) => id);
  // These ask about one fault, and each fault of a run is judged in any case.
  const judged = oracleIds.filter((id) => oracleClocks[id].includes(clock));
  const general = judged.filter((id) => id !== 'outcome' && id !== 'detected');
  expect(new Set(told)).toEqual(new Set(general));
});
