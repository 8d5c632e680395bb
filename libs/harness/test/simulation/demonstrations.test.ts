/**
 * Every fault that has code strikes in its demonstration, and its required outcome holds. CI runs
 * every eleventh of them, to stay within its ten minutes, others with each commit; `npm test` and
 * `npx priolab faults` run all.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { faults } from '../../src/faults/catalogue.ts';
import type { FaultId } from '../../src/faults/catalogue.ts';
import { FAULT_COLUMNS, faultRow, markdownRow } from '../../src/many/fault-row.ts';
import { shortOf } from '../../src/many/many-program.ts';
import type { RunSummary } from '../../src/record/run-record.ts';
import type { FaultRecord } from '../../src/record/simulation-record.ts';
import { demonstrations } from '../../src/simulation/faults/demonstrations.ts';
import { faultCode } from '../../src/simulation/faults/registry.ts';
import { ciSlice } from '../ci-slice.ts';
import { faultIn, runDemonstration } from './fault-run.ts';
import { unseen, variations } from './reasons-elsewhere.ts';

const ids = Object.keys(demonstrations) as FaultId[];
const slice = ciSlice(ids, 11);

/**
 * Reasons of its card under which something was refused that the fault touched or made; and reasons
 * that no fault of the run has on its card.
 */
function reasonsIn({ simulation }: RunSummary, id: FaultId) {
  const all = simulation!.faults;
  const refusedOf = ({ fates, refused }: FaultRecord): string[] =>
    Object.keys({ ...fates, ...refused }).filter((one) => !ENDS.includes(one));
  const documented = new Set(all.flatMap((one) => faults[one.id as FaultId].reasons ?? []));
  const own = [...new Set(all.filter((one) => one.id === id).flatMap(refusedOf))];
  const isOwn = (reason: string): boolean => faults[id].reasons?.includes(reason as never) ?? false;
  return {
    seen: own.filter(isOwn),
    foreign: all.flatMap(refusedOf).filter((reason) => !documented.has(reason as never)),
  };
}

const ENDS = ['accepted', 'lost', 'pending'];

/** Lines of the table that `npx priolab faults --markdown` prints, by fault. */
const page = readFileSync(join(import.meta.dirname, '../../../../docs/faults/README.md'), 'utf8');
const rows = new Map(
  [...page.matchAll(/^\| \[`(\S+)`\].*$/gm)].map(([line, id]) => [id!, line] as const),
);

describe('demonstrations', () => {
  test('docs/faults/README.md has the columns of the table', () => {
    expect(page).toContain(`\n${markdownRow(FAULT_COLUMNS)}\n`);
  });

  test.each(slice)('%s strikes, and its outcome holds', async (id) => {
    const summary = await runDemonstration(id);
    const failed = summary.expectations.filter(({ verdict }) => verdict !== 'pass');
    expect(failed).toEqual([]);
    expect(faultIn(summary, id).fired).toBeGreaterThan(0);
    const { seen, foreign } = reasonsIn(summary, id);
    expect(foreign).toEqual([]);
    const { outcome, reasons = [] } = faults[id];
    const elsewhere = variations.flatMap(([other, , some]) => (other === id ? some : []));
    const known = [...seen, ...elsewhere, ...(unseen[id] ?? [])];
    expect(known).toEqual(expect.arrayContaining([...reasons]));
    // Seen by an oracle that it turns red, or by whoever refuses.
    const isSeen = (demonstrations[id]!.reddens ?? []).length > 0;
    const mustBeRefused = outcome.includes('detect') && !outcome.includes('recover') && !isSeen;
    if (mustBeRefused && reasons.length > 0) expect(seen).not.toEqual([]);
    const row = markdownRow(faultRow(id, shortOf(summary), true));
    expect(rows.get(id), 'npx priolab faults --markdown').toBe(row);
  });

  test('there is one for each fault that has code', () => {
    expect([...faultCode.keys()].sort()).toEqual([...ids].sort());
  });
});
