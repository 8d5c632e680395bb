/**
 * The eye of the oracle `tenant`: for each state in turn, the same run once more with other
 * measurements in all states but that one. What people are shown of it must stay: its totals, or
 * why there is none.
 */

import type { SimulationRecord } from '../record/simulation-record.ts';
import { simulate } from './simulate.ts';
import type { Simulated, Simulation } from './simulate.ts';

type Compared = NonNullable<SimulationRecord['tenant']>;

export async function swapOthers(simulation: Simulation, simulated: Simulated): Promise<Compared> {
  const states = [...new Set(simulation.plan.cells.map(({ state }) => state.id))];
  const before = readWindows(simulated);
  const counts = { windows: 0, changed: 0, othersChanged: 0 };
  const changedOf: string[] = [];
  for (const kept of states) {
    // What was cut short is thrown away (`run.ts`).
    if (simulation.signal?.aborted === true) break;
    const swapped = await simulate(swapAllBut(kept, simulation));
    const now = readWindows(swapped);
    let changed = 0;
    for (const key of new Set([...before.keys(), ...now.keys()])) {
      const [taskId] = key.split('/');
      const isKept = simulated.parties.tasks.get(taskId!)!.state === kept;
      const isSame = now.get(key) === before.get(key);
      if (isKept) counts.windows += 1;
      if (isKept && !isSame) changed += 1;
      if (!isKept && !isSame) counts.othersChanged += 1;
    }
    counts.changed += changed;
    if (changed > 0) changedOf.push(kept);
  }
  return { states: states.length, ...counts, changedOf };
}

function swapAllBut(kept: string, simulation: Simulation): Simulation {
  return {
    ...simulation,
    vary(hooks) {
      hooks.phones.measured.push(({ bits, task }) => {
        if (task.state === kept) return;
        // Every bin of every report the other way round.
        bits.forEach((bit, i) => (bits[i] = 1 - bit));
      });
    },
  };
}

/** Window (`windowKey`) -> what stands there for people to read. */
function readWindows({ book, shown }: Simulated): Map<string, string> {
  const read = new Map<string, string>();
  for (const [key, { held }] of book.windows) read.set(key, held?.reason ?? 'open');
  for (const [key, { totals, count }] of shown) read.set(key, `${totals.join(',')} of ${count}`);
  return read;
}
