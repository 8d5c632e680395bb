/** Which oracles a scenario names: some of them need more than one run. */

import type { Scenario } from '../scenario/scenario.ts';

/** Whether it names the oracle, in whatever form. */
export function asksFor({ expect }: Scenario, id: string): boolean {
  return expect.some((one) => (typeof one === 'string' ? one : one.id) === id);
}
