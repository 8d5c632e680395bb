/**
 * The days on which a state's authority has enabled ENPA: without that its phones measure, make and
 * send nothing (ENPA section 1.6). Whole UTC days of the run, counted from 0.
 */

/** Whether, or from which day of the run until before which, an authority has enabled ENPA. */
export type EnabledDays =
  boolean | { readonly fromDay?: number | undefined; readonly untilDay?: number | undefined };

/** From `fromDay` until before `untilDay`, infinite where it has no such end; equal: never. */
export interface DaySpan {
  readonly fromDay: number;
  readonly untilDay: number;
}

/** What a scenario says of a state. Phones still send when the last day of a run is over. */
export function enabledSpan(enabled: EnabledDays | undefined): DaySpan {
  if (enabled === false) return { fromDay: 0, untilDay: 0 };
  if (enabled === undefined || enabled === true) return { fromDay: -Infinity, untilDay: Infinity };
  const { fromDay = -Infinity, untilDay = Infinity } = enabled;
  return { fromDay, untilDay };
}

/** Its days within a run of so many. */
export function withinRun({ fromDay, untilDay }: DaySpan, days: number): DaySpan {
  const from = Math.max(0, fromDay);
  return { fromDay: from, untilDay: Math.max(from, Math.min(untilDay, days)) };
}

export function isInSpan({ fromDay, untilDay }: DaySpan, day: number): boolean {
  return day >= fromDay && day < untilDay;
}
