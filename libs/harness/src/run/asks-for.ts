/** Which oracles a scenario names: some of them need more than one run. */

import type { Scenario } from '../scenario/scenario.ts';

/** Whether it names the oracle, in whatever form: to hold, or as what notices a fault. */
export function asksFor({ expect }: Scenario, id: string): boolean {
  return expect.some((one) => {
    if (typeof one === 'string') return one === id;
    return one.id === id || ('by' in one && one.by === id);
  });
}
