/**
 * What must hold at the end of a run, whatever happened in it: exact totals, every batch in them
 * once, the same objects with the same bytes as in a run that nobody disturbed, no unfinished
 * object to be seen, no task left over or put aside. Each check returns what is wrong.
 */

import { unshard } from '@priolab/prio';
import type { ProcessorRole } from '@priolab/roles';
import { decodeOne, records } from '@priolab/roles/enpa';
import type { SumPart } from '@priolab/roles/enpa';
import { openDatabase } from '@priolab/runtime/database';

import { sumNames } from '../../src/service/places.ts';
import { INSTANCE, ROLES } from '../deployment.ts';
import { BINS, TASKS, WINDOW } from './batches.ts';
import type { Expected } from './batches.ts';
import type { Room } from './machines.ts';

export type Objects = ReadonlyMap<string, Uint8Array>;

export function checkTotals(objects: Objects, expected: readonly Expected[]): string[] {
  return expected.flatMap((one) => {
    const [leader, helper] = ROLES.map((role) => sumPartOf(objects, one, role));
    if (leader === undefined || helper === undefined) return [`${one.aggregation}: no sum parts`];
    const totals = [...unshard(Uint32Array.from(leader.sum), Uint32Array.from(helper.sum))];
    return [
      ...differs(`${one.aggregation}: totals`, one.totals, totals),
      ...[leader, helper].flatMap((part, index) => [
        ...differs(`${ROLES[index]}: batches`, one.batchUuids, part.batchUuids),
        ...differs(`${ROLES[index]}: clients`, one.clients, part.totalIndividualClients),
        ...differs(`${ROLES[index]}: bins`, BINS, part.sum.length),
      ]),
    ];
  });
}

function sumPartOf(
  objects: Objects,
  { aggregation }: Expected,
  role: ProcessorRole,
): SumPart | undefined {
  const window = { instance: INSTANCE, aggregation, startMs: WINDOW.startMs };
  const names = sumNames(window, WINDOW.endMs, role);
  const header = objects.get(`${role}-sums/${names.header}`);
  const isSigned = objects.has(`${role}-sums/${names.signature}`);
  return header === undefined || !isSigned ? undefined : decodeOne(records.sumPart, header);
}

function differs(what: string, expected: unknown, got: unknown): string[] {
  const [wanted, found] = [JSON.stringify(expected), JSON.stringify(got)];
  return wanted === found ? [] : [`${what}: expected ${wanted}, got ${found}`];
}

/** Whatever was written must be what an undisturbed run writes, byte for byte. */
export function checkSameObjects(objects: Objects, reference: Objects): string[] {
  const problems: string[] = [];
  for (const [key, bytes] of objects) {
    const wanted = reference.get(key);
    if (wanted === undefined) problems.push(`${key}: not expected to be there`);
    else if (Buffer.compare(wanted, bytes) !== 0) problems.push(`${key}: other bytes`);
  }
  for (const key of reference.keys()) if (!objects.has(key)) problems.push(`${key}: missing`);
  return problems;
}

/** Looks at the databases themselves, once their processes are gone. */
export async function checkStates(room: Room): Promise<string[]> {
  const problems: string[] = [];
  for (const role of ROLES) {
    const database = await openDatabase(room.state(role));
    try {
      const tasks = await database.query<{ state: string; number: number }>(
        `SELECT state, count(*) AS number FROM task GROUP BY state`,
      );
      problems.push(...differs(`${role}: tasks`, [{ state: 'done', number: TASKS }], tasks));
      const windows = await database.query<{ state: string }>(
        `SELECT DISTINCT state FROM window_set`,
      );
      problems.push(...differs(`${role}: windows`, [{ state: 'summed' }], windows));
    } finally {
      await database.close();
    }
  }
  return problems;
}
