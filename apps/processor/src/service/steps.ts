/**
 * Durable steps by name. Each place after which a crash must change nothing calls `reach`; a crash
 * sweep has the process stop dead at one of them, by its name and how often it has come by, and
 * kills it there. Nothing happens unless the environment asks for it.
 */

import { writeSync } from 'node:fs';

/** `intake.noted:3`: the third time that this step is reached. */
export const PAUSE_VARIABLE = 'PRIOLAB_PAUSE_AT';
/** Every step on standard error, to learn which there are. */
export const TRACE_VARIABLE = 'PRIOLAB_TRACE_STEPS';

const STANDARD_ERROR = 2;

export type Reach = (step: string) => void;

export function createSteps(environment: Readonly<Record<string, string | undefined>>): Reach {
  const at = environment[PAUSE_VARIABLE];
  const isTraced = environment[TRACE_VARIABLE] !== undefined;
  if (at === undefined && !isTraced) return () => {};
  const [name, times = '1'] = (at ?? '').split(':');
  let count = 0;
  return (step) => {
    if (isTraced) tell({ event: 'step', step });
    if (step !== name || ++count !== Number(times)) return;
    tell({ event: 'paused', step, count });
    // For good: nothing of this process runs any more, not even a timer.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  };
}

/** At once: a stream's buffer would be lost with the process. */
function tell(line: object): void {
  writeSync(STANDARD_ERROR, `${JSON.stringify(line)}\n`);
}
