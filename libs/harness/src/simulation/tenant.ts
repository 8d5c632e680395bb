/**
 * The eye of the oracle `tenant`: the same run once more with other measurements in all states but
 * one. What people are shown of that one must stay: its totals, or why there is none. Which state
 * it is the seed draws.
 */

import type { SimulationRecord } from '../record/simulation-record.ts';
import { simulate } from './simulate.ts';
import type { Simulated, Simulation } from './simulate.ts';

export async function swapOthers(
  simulation: Simulation,
  simulated: Simulated,
): Promise<NonNullable<SimulationRecord['tenant']>> {
  const kept = drawState(simulation);
  const swapped = await simulate({
    ...simulation,
    vary(hooks) {
      hooks.phones.measured.push(({ bits, task }) => {
        if (task.state === kept) return;
        // Every bin of every report the other way round.
        bits.forEach((bit, i) => (bits[i] = 1 - bit));
      });
    },
  });
  const now = readWindows(swapped);
  const before = readWindows(simulated);
  const counts = { windows: 0, changed: 0, othersChanged: 0 };
  for (const key of new Set([...before.keys(), ...now.keys()])) {
    const [taskId] = key.split('/');
    const isKept = simulated.parties.tasks.get(taskId!)!.state === kept;
    const isSame = now.get(key) === before.get(key);
    if (isKept) counts.windows += 1;
    if (!isSame) counts[isKept ? 'changed' : 'othersChanged'] += 1;
  }
  return { state: kept, ...counts };
}

function drawState({ plan, seedTree }: Simulation): string {
  const states = [...new Set(plan.cells.map(({ state }) => state.id))];
  const drawn = Buffer.from(seedTree.child('tenant').bytes(0, 16)).readUInt32LE(0);
  return states[drawn % states.length]!;
}

/** Window (`windowKey`) -> what stands there for people to read. */
function readWindows({ book, shown }: Simulated): Map<string, string> {
  const read = new Map<string, string>();
  for (const [key, { held }] of book.windows) read.set(key, held?.reason ?? 'open');
  for (const [key, { totals, count }] of shown) read.set(key, `${totals.join(',')} of ${count}`);
  return read;
}
