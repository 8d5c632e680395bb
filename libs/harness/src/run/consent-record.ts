/** What a record says of who may send: the same for either clock. */

import type { CellRecord, ConsentRecord } from '../record/run-record.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { ConsentTally, ConsentView } from './consent-view.ts';
import { firstDay } from './settings.ts';

const DAY_MS = 86_400_000;

export function consentRecord(
  scenario: Scenario,
  parts: {
    readonly view: ConsentView;
    readonly tally: ConsentTally;
    readonly cells: readonly CellRecord[];
    /** In simulated time. */
    readonly sending?: ConsentRecord['sending'];
  },
): ConsentRecord {
  const { view, tally, cells, sending } = parts;
  const { states, days } = scenario.population;
  const ids = Array.isArray(states)
    ? states
    : Object.entries(states).flatMap(([id, weight]) => ((weight ?? 1) > 0 ? [id] : []));
  const isDisabled = ({ state, windowStartMs }: CellRecord): boolean =>
    !view.isEnabled(state, Math.floor(windowStartMs / DAY_MS) - firstDay(scenario));
  const ofDisabled = cells.filter(isDisabled);
  const { examples, ...counts } = tally;
  return {
    ...counts,
    disabledStateDays: ids
      .flatMap((id) => Array.from({ length: days }, (_, day) => view.isEnabled(id, day)))
      .filter((isEnabled) => !isEnabled).length,
    disabledBatches: ofDisabled.reduce((sum, { batchCount }) => sum + batchCount, 0),
    disabledTotals: ofDisabled.filter(({ totals }) => totals !== undefined).length,
    ...(sending === undefined ? {} : { sending }),
    examples,
  };
}
