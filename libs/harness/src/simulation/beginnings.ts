/**
 * When each fault of a run begins: at its time, or, where it waits for something (`when`), as soon
 * as that has happened often enough, but not before its time.
 */

import type { NemesisItem } from './settings.ts';

export interface Beginnings {
  /** When a fault, by its index, begins or began; Infinity: it still waits. */
  beginsMs(index: number): number;
  /** Runs `act` at that moment, or never. */
  whenItBegins(index: number, act: () => void): void;
  /** Whether a fault may strike at a time. */
  isOn(index: number, atMs: number): boolean;
  /** An event has happened, or a fault has struck, `count` times by now. */
  happened(event: string, count: number): void;
}

export function createBeginnings(options: {
  readonly nemesis: readonly NemesisItem[];
  readonly timeline: { nowMs(): number; at(timeMs: number, action: () => void): void };
  readonly startMs: number;
}): Beginnings {
  const { nemesis, timeline, startMs } = options;
  const begins = nemesis.map(({ when, fromMs }) =>
    when === undefined ? startMs + fromMs : Infinity,
  );
  const waiting = nemesis.map((): (() => void)[] => []);
  return {
    beginsMs: (index) => begins[index]!,
    whenItBegins(index, act) {
      const beginMs = begins[index]!;
      if (beginMs === Infinity) waiting[index]!.push(act);
      else timeline.at(Math.max(beginMs, timeline.nowMs()), act);
    },
    isOn: (index, atMs) => begins[index]! <= atMs && atMs - startMs < nemesis[index]!.untilMs,
    happened(event, count) {
      nemesis.forEach(({ when, fromMs }, index) => {
        if (when?.event !== event || count < when.atLeast || begins[index] !== Infinity) return;
        const beginMs = Math.max(startMs + fromMs, timeline.nowMs());
        begins[index] = beginMs;
        for (const act of waiting[index]!) timeline.at(beginMs, act);
      });
    },
  };
}
